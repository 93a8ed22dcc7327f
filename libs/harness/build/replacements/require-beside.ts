import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Module } from "node:module";
import { dirname, join } from "node:path";

/** The SHA-256 of each file beside the program, in hexadecimal, by its name; the build puts them in. */
declare const RUNNER_FILES: Readonly<Record<string, string>>;

interface CompilableModule extends Module {
  _compile(text: string, file: string): void;
}

/**
 * Loads a JSON or CommonJS file that stands beside the runner's program, wherever that was when the snapshot was made. It
 * must be the one that was built: the tools of another run may be able to write it, and it would run with this run's key.
 */
export function requireBeside<T>(file: string): T {
  const text = readBuilt(file).toString("utf8");
  if (file.endsWith(".json")) return JSON.parse(text);
  const path = pathOf(file);
  const module = new Module(path) as CompilableModule;
  module.filename = path;
  module._compile(text, path);
  return module.exports;
}

/** @throws when a file beside the program is not the one that was built */
export function readBuilt(file: string): Buffer {
  const content = readFileSync(pathOf(file));
  if (createHash("sha256").update(content).digest("hex") === RUNNER_FILES[file]) return content;
  throw new Error(
    `${file} is not the file that was built with the runner, and is not loaded; build or install it anew`,
  );
}

function pathOf(file: string): string {
  return join(dirname(process.argv[1] ?? ""), file);
}
