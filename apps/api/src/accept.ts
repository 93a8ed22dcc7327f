interface MediaRange {
  readonly type: string;
  /** 0 (never) to 1. */
  readonly weight: number;
}

/** Whether a client would rather have JSON than an event stream (RFC 9110, `Accept`). Who does not care gets a stream. */
export function prefersJson(accept: string | undefined): boolean {
  const ranges = (accept ?? "").split(",").map(parseRange);
  const json = weightOf(ranges, ["application/json", "application/*"]);
  return json > 0 && json > weightOf(ranges, ["text/event-stream", "text/*"]);
}

function weightOf(ranges: readonly MediaRange[], types: readonly string[]): number {
  for (const type of types) {
    const range = ranges.find((candidate) => candidate.type === type);
    if (range) return range.weight;
  }
  return 0;
}

function parseRange(text: string): MediaRange {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const weight = Number(parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? 1);
  return { type, weight: Number.isNaN(weight) ? 0 : weight };
}
