// Holds a Redis container for as long as its standard input is open, whose first line is the password, or empty. Its own
// first line says that an engine answers; its second one is the URL of the Redis.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { GenericContainer, getContainerRuntimeClient } from "testcontainers";

const input = createInterface({ input: process.stdin });
const ended = once(input, "close");
const [password] = await once(input, "line");
await getContainerRuntimeClient();
process.stdout.write("engine\n");
const container = await new GenericContainer("redis:7-bookworm")
  .withExposedPorts(6379)
  .withCommand([
    "--appendonly",
    "yes",
    "--save",
    "",
    "--maxmemory-policy",
    "noeviction",
    ...(password ? ["--requirepass", password] : []),
  ])
  .start();
try {
  process.stdout.write(
    `redis://${password ? `:${password}@` : ""}${container.getHost()}:${container.getMappedPort(6379)}\n`,
  );
  await ended;
} finally {
  await container.stop();
}
