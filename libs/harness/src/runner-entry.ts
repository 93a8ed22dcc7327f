import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** The absolute path of the runner's main file, which stands beside this one, in the source and when built. */
export const runnerEntry: string = fileURLToPath(
  new URL(`./runner${extname(new URL(import.meta.url).pathname)}`, import.meta.url),
);
