// A process that waits for Redis as a worker does, and gives up at its first failure to connect. It ends by itself if
// nothing was left open, and then says how the wait ended. Argument: the URL of Redis.
import { connectBackend } from "../index.ts";

const [url = ""] = process.argv.slice(2);
const impatience = new AbortController();
const { signal } = impatience;
const outcome = await connectBackend({
  url,
  role: "worker",
  retentionMs: 60_000,
  signal,
  onFault: () => impatience.abort(),
}).catch((error: Error) => error);
process.on("exit", () => process.stdout.write(outcome instanceof Error ? outcome.name : "connected"));
