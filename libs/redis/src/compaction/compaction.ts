import { type InvocationId, UnavailableError } from "@pifleet/invocation";
import { encodeBlocks, eventsOf } from "../events/event-block.ts";
import { type EventsReply, readEvents } from "../events/read-events.ts";
import { foldFields } from "../invocations/record.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { compact } from "./compact.ts";
import { readFoldable } from "./read-foldable.ts";

/** So many events are read at once. */
const PAGE = 500;
/** How long `close` waits for what has begun. */
const LAST_WAIT_MS = 1_000;

/**
 * Makes what is kept of an ended invocation small: what changes no more of its record becomes one field, and its event
 * log a few blocks, all compressed. One invocation after the other, behind the answer to whoever has ended it.
 *
 * Nobody depends on it. Both forms are read alike, one script exchanges them, and an invocation whose process dies
 * before that stays as it is until its retention is over.
 */
export class Compaction {
  readonly #scripts: Scripts;
  readonly #onFault: (error: Error) => void;
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(scripts: Scripts, onFault: (error: Error) => void) {
    this.#scripts = scripts;
    this.#onFault = onFault;
  }

  /** Begins with this one when those before are done. Does nothing for one that has not ended. */
  begin(id: InvocationId): void {
    if (this.#isClosed) return;
    this.#last = this.#last.then(() => this.#try(id));
  }

  /** Waits for what has begun, but not long. Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, LAST_WAIT_MS);
    await Promise.race([this.#last, patience.promise]);
    clearTimeout(timer);
  }

  async #try(id: InvocationId): Promise<void> {
    try {
      await this.#compact(id);
    } catch (error) {
      // The connection reports an outage itself.
      if (!(error instanceof UnavailableError)) this.#onFault(error as Error);
    }
  }

  async #compact(id: InvocationId): Promise<void> {
    const found = await readFoldable(this.#scripts, id, PAGE);
    if (!found) return;
    const blocks: Buffer[] = [];
    let last = "";
    let page: Pick<EventsReply, "entries" | "more"> = found;
    for (;;) {
      const events = eventsOf(page.entries);
      blocks.push(...(await encodeBlocks(events)));
      last = events.at(-1)?.id ?? last;
      // Without any: somebody else has folded it meanwhile.
      if (!page.more || events.length === 0) break;
      page = await readEvents(this.#scripts, id, last, PAGE);
    }
    await compact(this.#scripts, id, { last, fields: await foldFields(found.fields), blocks });
  }
}
