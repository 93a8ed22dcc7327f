import {
  FULL_PAGE_BYTES,
  firstInvocationId,
  type InvocationId,
  type InvocationPage,
  type InvocationQuery,
  type InvocationSummary,
  matches,
  type SummaryFields,
  toSummary,
} from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { readSummaries } from "./read-summaries.ts";

/** How many records one call looks at, at most, while it searches for those that match. */
const LOOKED_AT = 1_000;

/**
 * A page of a tenant's invocations, newest first: ids are ULIDs, so the lexical order of the index is the order of
 * submission. When few records match, or those that do are long, a page may be short, or even empty, and yet not be the
 * last one. Times are looked up in the index; every other filter but the status looks at the records, one after the
 * other.
 */
export async function listInvocations(redis: Redis, scripts: Scripts, query: InvocationQuery): Promise<InvocationPage> {
  const index = scripts.keys.index(query.status ?? "all", query.tenant);
  const page = new Page(query);
  for (let looked = 0; looked < LOOKED_AT; looked += query.limit + 1) {
    const ids = await idsBehind(redis, index, { ...query, after: page.last }, query.limit + 1);
    const found = await readSummaries(scripts, ids, FULL_PAGE_BYTES);
    for (const { id, summary } of found) if (!page.take(id, summary)) return page.end(true);
    if (found.length === ids.length && ids.length <= query.limit) return page.end(false);
  }
  return page.end(true);
}

/** A page while it is filled. */
class Page {
  /** The invocation that was looked at last. */
  last: InvocationId | null;
  readonly #query: InvocationQuery;
  readonly #items: InvocationSummary[] = [];
  #bytes = 0;

  constructor(query: InvocationQuery) {
    this.#query = query;
    this.last = query.after ?? null;
  }

  /** Takes an invocation if it belongs here; false when the page is full without it. */
  take(id: InvocationId, found: SummaryFields | null): boolean {
    // The index was read a moment before the records: an invocation may have left the status since.
    if (found && matches(found, this.#query)) {
      if (this.#items.length >= this.#query.limit || this.#bytes >= FULL_PAGE_BYTES) return false;
      const summary = toSummary(found);
      this.#items.push(summary);
      this.#bytes += Buffer.byteLength(JSON.stringify(summary));
    }
    this.last = id;
    return true;
  }

  end(hasMore: boolean): InvocationPage {
    return { items: this.#items, next: hasMore ? this.last : null };
  }
}

async function idsBehind(
  redis: Redis,
  index: string,
  { after, since, until }: Omit<InvocationQuery, "after"> & { readonly after: InvocationId | null },
  count: number,
): Promise<InvocationId[]> {
  const newest = until === undefined ? "+" : `(${firstInvocationId(until)}`;
  const oldest = since === undefined ? "-" : `[${firstInvocationId(since)}`;
  const ids = await reached(redis.zrevrangebylex(index, after ? `(${after}` : newest, oldest, "LIMIT", 0, count));
  return ids as InvocationId[];
}
