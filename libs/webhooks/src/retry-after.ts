/** An HTTP date always says GMT, which keeps out numbers and words that `Date.parse` would take for a date. */
const HTTP_DATE = /GMT$/;

/**
 * What a receiver asks us to wait, milliseconds from now: `Retry-After` is seconds or a date
 * (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after). `undefined` when it is neither, or not there.
 * @param nowMs Unix time, milliseconds
 */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  if (!HTTP_DATE.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
