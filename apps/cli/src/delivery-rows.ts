import type { Delivery, DeliveryTry, DeliveryWithBody } from "@pifleet/client";
import { formatDuration, formatTime } from "./figures.ts";
import { oneLine, plainText } from "./plain-text.ts";
import { table } from "./table.ts";

const HEADINGS = ["ID", "STATUS", "TYPE", "INVOCATION", "TRIES", "ANSWER", "NEXT TRY", "CREATED"];
const ANSWER_COLUMNS = 40;
const RESPONSE_COLUMNS = 200;
/** A delivery that is due is tried at once when a worker is there that has room for it. */
const OVERDUE_MS = 10_000;

/** The rows of a table of deliveries. */
export function deliveryRows(
  deliveries: readonly Delivery[],
  { headings, nowMs = Date.now() }: { headings: boolean; nowMs?: number },
): string[][] {
  const rows = deliveries.map((delivery) => {
    const last = delivery.tries.at(-1);
    return [
      delivery.id,
      delivery.status,
      delivery.type,
      delivery.invocation,
      String(delivery.tryCount),
      last ? oneLine(answerOf(last), ANSWER_COLUMNS) : "not tried yet",
      nextTryOf(delivery, nowMs),
      formatTime(delivery.createdAt),
    ].map(plainText);
  });
  return headings ? [HEADINGS, ...rows] : rows;
}

/** A delivery for people: its fields, one a line, its tries, and what is sent. */
export function formatDelivery(delivery: DeliveryWithBody, nowMs: number = Date.now()): string {
  const fields: [name: string, value: string][] = [
    ["status", delivery.status],
    ["type", delivery.type],
    ["invocation", delivery.invocation],
    ["webhook", delivery.webhook ?? "of the invocation itself"],
    ["url", delivery.url],
    ["webhook-id", delivery.messageId],
    ["created", formatTime(delivery.createdAt)],
    ["delivered", formatTime(delivery.deliveredAt ?? "")],
    ["next try", delivery.nextTryAt === null ? "" : nextTryOf(delivery, nowMs)],
    ["tries", String(delivery.tryCount)],
  ];
  const lines = [delivery.id, table(fields.filter(([, value]) => value !== "")), ...delivery.tries.flatMap(tryLines)];
  return plainText([...lines, "", delivery.body].join("\n"));
}

function tryLines(made: DeliveryTry): string[] {
  const line = `  ${formatTime(made.at)}  ${answerOf(made)} after ${formatDuration(made.durationMs)}`;
  return made.response === "" ? [line] : [line, `    ${oneLine(made.response, RESPONSE_COLUMNS)}`];
}

/** What came of a try: `204`, `503: answered 503`, `no answer in time`. */
function answerOf({ status, error }: DeliveryTry): string {
  return [status, error].filter((part) => part !== null).join(": ");
}

/** When the next try is due, and what it waits for when it should have been made. */
function nextTryOf({ nextTryAt }: Delivery, nowMs: number): string {
  if (nextTryAt === null) return "-";
  const delayMs = Date.parse(nextTryAt) - nowMs;
  if (delayMs > 0) return `in ${formatDuration(delayMs)}`;
  return -delayMs < OVERDUE_MS ? "now" : `due ${formatDuration(-delayMs)} ago: waits for a worker`;
}
