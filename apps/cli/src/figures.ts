import type { InvocationRecord } from "@pifleet/client";

type Usage = InvocationRecord["usage"];

const count = new Intl.NumberFormat("en-US");

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

/** US dollars, with more digits where the amount is small. */
export function formatCost(usd: number): string {
  if (usd === 0) return "$0";
  return usd < 0.0001 ? "<$0.0001" : `$${usd.toFixed(usd < 1 ? 4 : 2)}`;
}

/** What a run took, in one line. */
export function formatUsage(usage: Usage): string {
  const turns = `${count.format(usage.turns)} ${usage.turns === 1 ? "turn" : "turns"}`;
  const calls = `${count.format(usage.toolCalls)} ${usage.toolCalls === 1 ? "tool call" : "tool calls"}`;
  const tokens = `${count.format(usage.inputTokens)} tokens in, ${count.format(usage.outputTokens)} out`;
  return `${turns} · ${calls} · ${tokens} · ${formatCost(usage.costUsd)}`;
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
