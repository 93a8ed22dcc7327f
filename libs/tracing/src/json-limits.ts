import { cutText } from "./attribute-limits.ts";

/** Below this a text tells nothing any more. */
const SHORTEST_CUT_BYTES = 64;
/** Room for the brackets of a list, and for the item that tells what was left out. */
const MARK_BYTES = 128;

/**
 * The value as JSON of about `maxBytes` at most. It stays JSON as long as that is possible: the long texts in it are
 * cut shorter and shorter, each with a mark, before the JSON itself is cut.
 */
export function jsonWithin(value: unknown, maxBytes: number): string {
  return cutText(shortened(value, maxBytes), maxBytes);
}

/**
 * The list as JSON of about `maxBytes` at most, and always JSON. The last items matter most: when not all of them fit
 * as they are, each may take half of the room that those behind it have left, with its long texts cut.
 * @param mark makes the item that stands for the first ones, which had no room
 */
export function listWithin(list: readonly unknown[], maxBytes: number, mark: (leftOut: number) => unknown): string {
  const whole = lastItems(list, maxBytes, (item, left) => within(JSON.stringify(item), left));
  const kept =
    whole.length === list.length
      ? whole
      : lastItems(list, maxBytes - MARK_BYTES, (item, left, first) => {
          const most = first ? left : left >> 1;
          return within(shortened(item, most), most);
        });
  const leftOut = list.length - kept.length;
  return `[${leftOut > 0 ? [JSON.stringify(mark(leftOut)), ...kept] : kept}]`;
}

/** The JSON of the last items, down to the one for which there is none within the bytes that are left. */
function lastItems(
  list: readonly unknown[],
  maxBytes: number,
  toJson: (item: unknown, left: number, first: boolean) => string | undefined,
): string[] {
  const items: string[] = [];
  let left = maxBytes - "[]".length;
  for (let i = list.length - 1; i >= 0; i -= 1) {
    const json = toJson(list[i], left, i === 0);
    if (json === undefined) break;
    items.unshift(json);
    left -= Buffer.byteLength(json) + ",".length;
  }
  return items;
}

/** The value as JSON with its long texts cut, as far as that helps. */
function shortened(value: unknown, maxBytes: number): string {
  let json = JSON.stringify(value) ?? "null";
  for (let most = maxBytes >> 1; Buffer.byteLength(json) > maxBytes && most >= SHORTEST_CUT_BYTES; most >>= 1)
    json = JSON.stringify(value, (_, item) => (typeof item === "string" ? cutText(item, most) : item)) ?? "null";
  return json;
}

function within(json: string | undefined, maxBytes: number): string | undefined {
  return json !== undefined && Buffer.byteLength(json) <= maxBytes ? json : undefined;
}
