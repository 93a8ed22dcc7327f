// Writes the files that a run has left in outputs/ below a directory.
//   node download-artifacts.ts inv_01K… results
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createClient } from "@pifleet/client";

const { PIFLEET_URL = "http://127.0.0.1:8787", PIFLEET_API_KEY } = process.env;
const client = createClient({ url: PIFLEET_URL, apiKey: PIFLEET_API_KEY });

const [, , id = "", directory = "outputs"] = process.argv;
for (const { path, bytes } of await client.artifacts.list(id)) {
  // The fleet keeps no path that leads out of the directory.
  const target = join(directory, path);
  await mkdir(dirname(target), { recursive: true });
  const { body } = await client.artifacts.download(id, path);
  await pipeline(body, createWriteStream(target));
  console.log(`${target}: ${bytes} bytes`);
}
