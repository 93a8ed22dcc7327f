import type {
  Artifact,
  ArtifactHolder,
  ArtifactLimits,
  ArtifactStore,
  Output,
  Redactor,
  Runner,
} from "@pifleet/invocation";

/** The event that tells what was left out names so many of it. */
const MOST_NAMED = 10;

export interface CollectionOptions {
  readonly store: ArtifactStore;
  readonly holder: ArtifactHolder;
  readonly limits: ArtifactLimits;
  readonly redactor: Redactor;
  /** Aborted when the claim is lost: nothing more is put then. */
  readonly lost: AbortSignal;
  /** Called when something could not be kept for a reason that is ours. */
  readonly onFault: (error: unknown) => void;
}

/** What came of the outputs of an attempt. */
export interface Collection {
  readonly artifacts: Artifact[];
  /** What was left out and why, for people; `undefined` when nothing was. */
  readonly warning: string | undefined;
}

/** Keeps what the runner has left in its outputs. What cannot be kept never changes the outcome of the run. */
export async function collectArtifacts(runner: Runner, options: CollectionOptions): Promise<Collection> {
  const artifacts: Artifact[] = [];
  const omissions: string[] = [];
  const omit = (path: string, reason: string) => omissions.push(`${JSON.stringify(path)}: ${reason}`);
  try {
    for await (const output of runner.outputs(options.limits)) {
      if (options.lost.aborted) break;
      const kept = output.kind === "file" ? await keep(output, options) : output.reason;
      if (typeof kept === "string") omit(output.path, kept);
      else artifacts.push(kept);
    }
  } catch (error) {
    options.onFault(error);
    omit("outputs", "not all of it could be read");
  }
  return { artifacts, warning: warningOf(omissions, options.redactor) };
}

/** The artifact, or why there is none. */
async function keep(
  { path, content }: Extract<Output, { kind: "file" }>,
  { store, holder, redactor, lost, onFault }: CollectionOptions,
): Promise<Artifact | string> {
  if (redactor.text(path) !== path) return "its path holds a secret";
  try {
    return { path, ...(await store.put(holder, unlessAborted(content, lost))) };
  } catch (error) {
    if (!lost.aborted) onFault(error);
    return "it could not be kept";
  }
}

async function* unlessAborted(content: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    signal.throwIfAborted();
    yield chunk;
  }
}

function warningOf(omissions: readonly string[], redactor: Redactor): string | undefined {
  if (omissions.length === 0) return undefined;
  const more = omissions.length - MOST_NAMED;
  const named = omissions.slice(0, MOST_NAMED).join("; ");
  return redactor.text(`Not kept of the outputs: ${named}${more > 0 ? `; and ${more} more` : ""}`);
}
