// Holds a Redis container for as long as its standard input is open. Its first line says that an engine answers; its
// second one is the URL of the Redis.
import { finished } from "node:stream/promises";
import { GenericContainer, getContainerRuntimeClient } from "testcontainers";

await getContainerRuntimeClient();
process.stdout.write("engine\n");
const container = await new GenericContainer("redis:7-bookworm")
  .withExposedPorts(6379)
  .withCommand(["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"])
  .start();
try {
  process.stdout.write(`redis://${container.getHost()}:${container.getMappedPort(6379)}\n`);
  await finished(process.stdin.resume(), { writable: false });
} finally {
  await container.stop();
}
