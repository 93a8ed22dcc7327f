import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Pi is there twice in its package: as a bundle, which is the command `pi`, and as modules, which scripts import. */
export const PI_BUILDS = ["bundle", "modules"] as const;
export type PiBuild = (typeof PI_BUILDS)[number];

/** How `pi` is started in the baselines. */
export interface PiCommand {
  readonly program: string;
  /** A directory with a models.json that leads to the fake model. */
  readonly agentDirectory: string;
}

/** Prepares Pi's own configuration. Without a network it is faster than with one, so it is told that there is none. */
export async function preparePi(build: PiBuild, modelsFile: unknown): Promise<PiCommand> {
  const packageFile = findPackage("@earendil-works/pi-coding-agent");
  const { bin } = createRequire(import.meta.url)(packageFile) as { bin: { pi: string } };
  const agentDirectory = await mkdtemp(join(tmpdir(), "pi-agent-"));
  await writeFile(join(agentDirectory, "models.json"), JSON.stringify(modelsFile));
  const program = build === "bundle" ? bin.pi : "dist/cli.js";
  return { program: join(dirname(packageFile), program), agentDirectory };
}

/** The environment of a `pi` that is started. */
export function piEnvironment({ agentDirectory }: PiCommand): NodeJS.ProcessEnv {
  return { ...process.env, PI_CODING_AGENT_DIR: agentDirectory, PI_OFFLINE: "1" };
}

/** The arguments of Node for a prompt. */
export function piArguments({ program }: PiCommand, prompt: string): string[] {
  return [program, "-p", "--no-session", "--model", "fake/test", prompt];
}

/** A package whose `exports` do not tell its package.json. */
function findPackage(name: string): string {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const found = paths.map((path) => join(path, name, "package.json")).find(existsSync);
  if (!found) throw new Error(`${name} is not installed`);
  return found;
}
