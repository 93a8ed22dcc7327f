import type { InvocationRecord } from "@pifleet/client";

type Usage = InvocationRecord["usage"];

const count = new Intl.NumberFormat("en-US");
const shortCount = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** A length of time as people read it: `1.2 ms`, `340 ms`, `3.2 s`, `2 min 05 s`, `1 h 02 min`. */
export function formatDuration(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${twoDigits(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
}

/** A length of time in whole seconds, for a clock that runs: `0 s`, `59 s`, `2 min 05 s`. What is negative is none. */
export function formatSeconds(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1_000);
}

/** US dollars, with more digits where the amount is small. */
export function formatCost(usd: number): string {
  if (usd === 0) return "$0";
  return usd < 0.0001 ? "<$0.0001" : `$${usd.toFixed(usd < 1 ? 4 : 2)}`;
}

/** What a run took, in one line. */
export function formatUsage(usage: Usage): string {
  const tokens = `${count.format(usage.inputTokens)} tokens in, ${count.format(usage.outputTokens)} out`;
  return `${formatTurnsAndCalls(usage.turns, usage.toolCalls)} · ${tokens} · ${formatCost(usage.costUsd)}`;
}

/** The same while it goes on, for a line that may be cut: the cost comes first, and nothing before an answer is counted. */
export function formatUsageSoFar(usage: Usage): string {
  const turnsAndCalls = formatTurnsAndCalls(usage.turns, usage.toolCalls);
  if (usage.inputTokens + usage.outputTokens === 0) return turnsAndCalls;
  const tokens = `${shortCount.format(usage.inputTokens)} tokens in, ${shortCount.format(usage.outputTokens)} out`;
  return `${formatCost(usage.costUsd)} · ${tokens} · ${turnsAndCalls}`;
}

function formatTurnsAndCalls(turns: number, toolCalls: number): string {
  const taken = `${count.format(turns)} ${turns === 1 ? "turn" : "turns"}`;
  return `${taken} · ${count.format(toolCalls)} ${toolCalls === 1 ? "tool call" : "tool calls"}`;
}

/** `2030-01-02 03:04:05Z` for an RFC 3339 time in UTC. */
export function formatTime(time: string): string {
  return time.replace("T", " ").replace(/\.\d+Z$/, "Z");
}

/** From start to end, milliseconds; `undefined` when either is not known. */
export function elapsedMs(from: string | null | undefined, to: string | null | undefined): number | undefined {
  return from && to ? Date.parse(to) - Date.parse(from) : undefined;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
