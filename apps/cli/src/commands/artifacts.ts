import type { Artifact } from "@pifleet/client";
import type { Command } from "commander";
import { checkedContent, saveArtifact } from "../artifact-files.ts";
import type { Context } from "../context.ts";
import { CommandFailure } from "../failure.ts";
import { idArgument } from "../option-values.ts";
import { plainText } from "../plain-text.ts";
import { table } from "../table.ts";

interface ArtifactOptions {
  readonly output?: string;
  readonly json?: true;
}

const HELP = `
Without a path the artifacts are listed; with one its content goes to standard output. With --output they are written
below that directory, in place of what is there: all of them, or the one at the path.

Examples:
  $ pifleet artifacts inv_01K…
  $ pifleet artifacts inv_01K… report.md | less
  $ pifleet artifacts inv_01K… --output results`;

export function defineArtifacts(program: Command, context: Context): void {
  program
    .command("artifacts")
    .description("list or download the files that an invocation has left in outputs/")
    .argument("<id>", "the invocation's id", idArgument)
    .argument("[path]", "the artifact's path")
    .option("--output <directory>", "write below this directory")
    .option("--json", "print the list as JSON; with --output what was written")
    .addHelpText("after", HELP)
    .action((id: string, path: string | undefined, options: ArtifactOptions) => artifacts(id, path, options, context));
}

async function artifacts(
  id: string,
  path: string | undefined,
  { output: directory, json }: ArtifactOptions,
  context: Context,
): Promise<void> {
  const { client, interruption, output } = context;
  const all = await client().artifacts.list(id, { signal: interruption.asked });
  const items = path === undefined ? all : [named(all, path)];
  const tell = (artifact: Artifact, file: string) =>
    json ? output.json({ ...artifact, file }) : output.line(plainText(file));
  if (directory !== undefined) await saveArtifacts(id, items, directory, context, tell);
  else if (json) output.json({ items });
  else if (path !== undefined) for (const artifact of items) await print(id, artifact, context);
  else if (items.length === 0) output.progress("There are no artifacts of this invocation.");
  else output.line(plainText(table([["PATH", "BYTES", "SHA-256"], ...items.map(row)])));
}

/**
 * Writes artifacts below a directory; tells of each where. One that fails is named, and the others are written.
 * @throws {CommandFailure} in the end, when one failed
 */
export async function saveArtifacts(
  invocation: string,
  items: readonly Artifact[],
  directory: string,
  { client, interruption, output }: Context,
  onSaved: (artifact: Artifact, file: string) => void,
): Promise<void> {
  const signal = interruption.asked;
  let failed = 0;
  for (const artifact of items) {
    try {
      onSaved(artifact, await saveArtifact(directory, { client: client(), invocation, artifact, signal }));
    } catch (error) {
      signal.throwIfAborted();
      failed += 1;
      output.progress(plainText(`${artifact.path}: ${error instanceof Error ? error.message : String(error)}`));
    }
  }
  if (failed > 0) throw new CommandFailure(`${failed} of ${items.length} artifacts could not be downloaded.`);
}

async function print(invocation: string, artifact: Artifact, { client, interruption, output }: Context): Promise<void> {
  const signal = interruption.asked;
  for await (const chunk of checkedContent({ client: client(), invocation, artifact, signal }))
    await output.bytes(chunk);
}

function named(items: readonly Artifact[], path: string): Artifact {
  const artifact = items.find((candidate) => candidate.path === path);
  if (!artifact) throw new CommandFailure(`This invocation has no artifact at ${JSON.stringify(path)}.`);
  return artifact;
}

function row({ path, bytes, sha256 }: Artifact): string[] {
  return [path, String(bytes), sha256];
}
