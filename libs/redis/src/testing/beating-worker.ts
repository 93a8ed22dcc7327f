// A process that holds a backend as a worker does: it connects, beats once, says so, and stays until it is killed or
// its parent is gone. Arguments: the URL of Redis and the worker's id.
import { connectBackend } from "../index.ts";
import { presenceOf } from "./presence.ts";

const [url = "", id = ""] = process.argv.slice(2);
process.once("disconnect", () => process.exit());
const backend = await connectBackend({ url, role: "worker", retentionMs: 60_000 });
await backend.workers.beat(presenceOf(id), 60_000);
process.send?.("beating");
