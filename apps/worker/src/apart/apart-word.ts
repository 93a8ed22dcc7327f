import type { InvocationId } from "@pifleet/invocation";
import * as z from "zod";

/** The file descriptor of the channel between a worker and the process that runs an invocation apart for it. */
export const CHANNEL = 3;
/** No settlement asks for a longer wait, milliseconds. */
const MAX_DELAY_MS = 86_400_000;

/** A line that such a process says to its worker. */
export const ApartWord = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("settled"), attempt: z.int().min(1) }),
  z.object({ kind: z.literal("complete") }),
  z.object({ kind: z.literal("release"), delayMs: z.number().min(0).max(MAX_DELAY_MS) }),
]);
export type ApartWord = z.infer<typeof ApartWord>;

/** A line that the worker says to such a process: whether the claim is in doubt. */
export const WorkerWord = z.object({ inDoubt: z.boolean() });
export type WorkerWord = z.infer<typeof WorkerWord>;

/** Reads a line of the channel; undefined when it is no JSON. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Prefix of the argument that makes `pifleet worker` run one invocation apart; the invocation and the worker follow. */
export const APART = "--apart=";

/** The invocation that such a process runs, and the id of the worker that started it. */
export interface ApartTask {
  readonly invocation: InvocationId;
  readonly worker: string;
}
