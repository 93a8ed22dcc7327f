import { createRequire } from "node:module";

/** Loads a CommonJS file that stands beside the runner's program. */
export function requireBeside<T>(file: string): T {
  return createRequire(import.meta.url)(`./${file}`);
}
