import { createRequire } from "node:module";

/** Loads a CommonJS file that stands beside the runner's program, wherever that was when the snapshot was made. */
export function requireBeside<T>(file: string): T {
  return createRequire(process.argv[1] ?? "")(`./${file}`);
}
