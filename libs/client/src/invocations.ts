import type { Carrier, Span, Status, SubmissionInput } from "@pifleet/invocation";
import { hasEnded } from "./ended.ts";
import type { ReceivedProblem } from "./errors.ts";
import { type StreamOptions, streamEvents } from "./event-stream.ts";
import { type MomentInput, momentText } from "./moment.ts";
import type { EndedInvocation, InvocationRecord, InvocationSummary, LoggedEvent } from "./received.ts";
import { resourcePath } from "./resource-path.ts";
import { pause } from "./retry.ts";
import type { Transport } from "./transport.ts";

/** Short enough for the proxies that cut a request after 30 seconds. */
const LONG_POLL_SECONDS = 25;
const POLL_PAUSE_MS = 250;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface WaitOptions extends CallOptions {
  /** Let the API answer only when the invocation has ended, or after so many seconds; 0 to 60. */
  readonly waitSeconds?: number | undefined;
}

export interface CancelOptions extends CallOptions {
  /** Why, for people; up to 500 characters. */
  readonly reason?: string | undefined;
}

/** Options of a submission, including the caller's trace context, which becomes the parent of the run's spans. */
export interface CreateOptions extends WaitOptions, Carrier {
  /** The same key with the same submission names the same invocation. By default every call has a key of its own. */
  readonly idempotencyKey?: string | undefined;
}

export interface ListQuery {
  readonly status?: Status | undefined;
  readonly agent?: string | undefined;
  /** A text that the name holds, in any case of its letters. */
  readonly name?: string | undefined;
  /** Metadata with these values. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Submitted at this time or later. */
  readonly since?: MomentInput | undefined;
  /** Submitted before this time. */
  readonly until?: MomentInput | undefined;
  /** Another tenant than the key's; the key needs the scope `operator`. */
  readonly tenant?: string | undefined;
  /** Records in a page, 1 to 100; there are fewer when they are long. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

/** One page of a list, newest first. `get` has the whole input, the output, the messages and the artifacts. */
export interface RecordPage {
  readonly items: InvocationSummary[];
  readonly nextCursor: string | null;
}

/**
 * The invocations of the key's tenant. Every method sends its request again when that helps and is safe, and throws
 * `PiFleetError` for what the API refused, `ConnectionError` when no answer came, and the signal's reason on abort.
 */
export class Invocations {
  readonly #transport: Transport;

  /** @internal A client makes it. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Submits an invocation; it is queued when this resolves. */
  create(submission: SubmissionInput, options: CreateOptions = {}): Promise<InvocationRecord> {
    return this.#submit("v1/invocations", submission, options);
  }

  /** Submits up to 1,000 at once. Each is taken or refused by itself: its record or its problem, in order. */
  async createMany(
    invocations: readonly SubmissionInput[],
    options: Omit<CreateOptions, "waitSeconds"> = {},
  ): Promise<(InvocationRecord | ReceivedProblem)[]> {
    const { items } = await this.#submit<{ items: (InvocationRecord | ReceivedProblem)[] }>(
      "v1/invocations/batch",
      { invocations },
      options,
    );
    return items;
  }

  /** Submits an invocation, and resolves with its record once it has ended, however long that takes. */
  async run(submission: SubmissionInput, options: CreateOptions = {}): Promise<EndedInvocation> {
    const record = await this.create(submission, { waitSeconds: LONG_POLL_SECONDS, ...options });
    return hasEnded(record) ? record : this.wait(record.id, options);
  }

  get(id: string, { waitSeconds, signal }: WaitOptions = {}): Promise<InvocationRecord> {
    return this.#transport.json({ path: pathOf(id), query: { wait: waitSeconds }, waitSeconds, signal });
  }

  /** The record once the invocation has ended, however long that takes. */
  async wait(id: string, { signal }: CallOptions = {}): Promise<EndedInvocation> {
    for (;;) {
      const record = await this.get(id, { waitSeconds: LONG_POLL_SECONDS, signal });
      if (hasEnded(record)) return record;
      await pause(POLL_PAUSE_MS, signal);
    }
  }

  /** One page, newest first. */
  list(query: ListQuery = {}, { signal }: CallOptions = {}): Promise<RecordPage> {
    const { metadata = {}, since, until, ...rest } = query;
    const pairs = Object.entries(metadata).map(([key, value]) => [`metadata[${key}]`, value]);
    const range = { since: momentText(since), until: momentText(until) };
    return this.#transport.json({
      path: "v1/invocations",
      query: { ...rest, ...Object.fromEntries(pairs), ...range },
      signal,
    });
  }

  /** This page and all that follow it, each fetched when it is asked for. */
  async *pages(query: ListQuery = {}, options: CallOptions = {}): AsyncGenerator<RecordPage, void, undefined> {
    for (let cursor = query.cursor; ; ) {
      const page = await this.list({ ...query, cursor }, options);
      yield page;
      if (page.nextCursor === null) return;
      cursor = page.nextCursor;
    }
  }

  /** Cancels it, or asks its worker to: the record may still say `running`. Idempotent; the first reason is kept. */
  cancel(id: string, { reason, signal }: CancelOptions = {}): Promise<InvocationRecord> {
    const body = reason === undefined ? undefined : { reason };
    return this.#transport.json({ method: "POST", path: `${pathOf(id)}/cancel`, body, signal });
  }

  /** Submits an ended one again: a new invocation, whose `retryOf` names it. */
  retry(id: string, options: Omit<CreateOptions, "waitSeconds"> = {}): Promise<InvocationRecord> {
    return this.#submit(`${pathOf(id)}/retry`, undefined, options);
  }

  /** Stops the processes of a running one where they are; its worker keeps it. Idempotent. */
  pause(id: string, options: CallOptions = {}): Promise<InvocationRecord> {
    return this.#ask("pause", id, options);
  }

  /** Lets a paused one run on. Idempotent. */
  resume(id: string, options: CallOptions = {}): Promise<InvocationRecord> {
    return this.#ask("resume", id, options);
  }

  /**
   * The events, live, each once and in order. It resumes by itself after a cut and ends after the terminal event.
   * To stop earlier, leave the loop or abort the signal; the invocation itself goes on.
   */
  stream(id: string, options: StreamOptions = {}): AsyncIterable<LoggedEvent> {
    return streamEvents(this.#transport, pathOf(id), options);
  }

  /**
   * The spans of its submission and of all its attempts, every parent before its children. Those of an attempt that
   * runs are there, too: what has not ended yet ends now, and has the attribute `pifleet.open`.
   */
  async trace(id: string, { signal }: CallOptions = {}): Promise<Span[]> {
    const { items } = await this.#transport.json<{ items: Span[] }>({ path: `${pathOf(id)}/trace`, signal });
    return items;
  }

  #submit<Answer>(path: string, body: unknown, options: CreateOptions): Promise<Answer> {
    const { idempotencyKey = newIdempotencyKey(), waitSeconds, signal, traceparent, tracestate, baggage } = options;
    const headers = {
      "idempotency-key": idempotencyKey,
      prefer: prefer(waitSeconds),
      traceparent,
      tracestate,
      baggage,
    };
    return this.#transport.json({ method: "POST", path, body, headers, waitSeconds, signal });
  }

  #ask(transition: "pause" | "resume", id: string, { signal }: CallOptions): Promise<InvocationRecord> {
    return this.#transport.json({ method: "POST", path: `${pathOf(id)}/${transition}`, signal });
  }
}

function pathOf(id: string): string {
  return resourcePath("invocations", id, "an invocation");
}

function prefer(waitSeconds: number | undefined): string | undefined {
  return waitSeconds === undefined ? undefined : `wait=${waitSeconds}`;
}

/** Not `randomUUID`, which browsers offer to pages of https and localhost only. */
function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
