import * as z from "zod";

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const FORM = /^(?<count>\d{1,12})(?<unit>ms|s|m|h|d)$/;

/** A length of time as people write it in configuration: `7d`, `12h`, `30m`, `45s`, `500ms`. Parses to milliseconds. */
export const Duration = z.string().transform((text, context): number => {
  const { count, unit } = FORM.exec(text)?.groups ?? {};
  const ms = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  if (Number.isSafeInteger(ms) && ms > 0) return ms;
  context.addIssue({
    code: "custom",
    message: "must be a length of time above zero, such as 7d, 12h, 30m, 45s, 500ms",
  });
  return z.NEVER;
});
