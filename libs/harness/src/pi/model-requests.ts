import { channel } from "node:diagnostics_channel";
import { setTimeout } from "node:timers/promises";
import type { StreamFn } from "@earendil-works/pi-agent-core";
import {
  type Api,
  type AssistantMessage,
  createAssistantMessageEventStream,
  type Model,
  normalizeContext,
} from "@earendil-works/pi-ai";
import { collapseSystemMessages } from "@earendil-works/pi-ai/utils/transcript";
import type { HarnessFailure, HarnessRecord, RunnerTask } from "@pifleet/invocation";
import { newSpanId } from "@pifleet/tracing/ids";
import { now } from "../clock.ts";
import { BODY_CHANNEL } from "../http/model-fetch.ts";
import { CallIndexes } from "./call-indexes.ts";
import { NO_PI_USAGE } from "./conversation.ts";
import { FittedAnswer } from "./fitted-answer.ts";
import { HttpExchange } from "./http-exchange.ts";
import type { Patience } from "./patience.ts";
import { providerFailure } from "./provider-failure.ts";
import { traceHeaders } from "./trace-headers.ts";
import { requestUsage, type UsageMeter } from "./usage.ts";
import { wholeAnswer } from "./whole-answer.ts";

const arrivals = channel(BODY_CHANNEL);

type Stream = Awaited<ReturnType<StreamFn>>;
type Context = Parameters<StreamFn>[1];
type StreamOptions = Parameters<StreamFn>[2];
type StreamEvent = Parameters<Stream["push"]>[0];

/** How the newest model request ended. */
export interface EndedRequest {
  readonly message: AssistantMessage;
  /** Why it failed; `null` when it did not, or was aborted. */
  readonly failure: HarnessFailure | null;
}

interface Sent {
  readonly stream: Stream;
  readonly ended: Promise<EndedRequest>;
}

/**
 * Reports every model request that Pi makes, compaction included, joins it to the trace of the task, and remembers how
 * the last one ended. A request that failed because the provider is away is made again for as long as the patience
 * lasts; Pi sees one stream, which goes on.
 *
 * It stands between Pi and the stream function, which sends one HTTP request each time: Pi and the clients of the
 * providers are told not to retry by themselves (`settings.ts`). So the headers of a request can be given as an option
 * of the stream, which every provider takes and which wins against configured headers of any case. An extension that
 * listens to `before_provider_headers` would have to be loaded, and would not know which of the requests it is asked
 * about.
 */
export class ModelRequests {
  last: EndedRequest | undefined;
  readonly #emit: (record: HarnessRecord) => void;
  readonly #usage: UsageMeter;
  readonly #task: RunnerTask;
  readonly #patience: Patience;

  constructor(emit: (record: HarnessRecord) => void, usage: UsageMeter, task: RunnerTask, patience: Patience) {
    this.#emit = emit;
    this.#usage = usage;
    this.#task = task;
    this.#patience = patience;
  }

  /** Whether the model has not answered in this run. */
  get isUnpaid(): boolean {
    return this.#patience.isUnpaid;
  }

  /** The stream function that Pi is to use instead of `send`. */
  observe(send: StreamFn): StreamFn {
    return (model, context, options) => {
      const answer = createAssistantMessageEventStream();
      const request = () => this.#send(send, model, context, options);
      // A stream never rejects by itself; what fails here is a bug, and must not leave Pi waiting.
      void this.#relay(request, answer, options?.signal).catch((error: unknown) => answer.push(broken(model, error)));
      return answer;
    };
  }

  /** Hands on the events of requests until one of them is answered, or is not to be made again. */
  async #relay(request: () => Promise<Sent>, answer: Stream, signal: AbortSignal | undefined): Promise<void> {
    for (let begun = false; ; ) {
      const { stream, ended } = await request();
      let failed: FailedEvent | undefined;
      for await (const event of stream) {
        if (event.type === "error") {
          failed = event;
          continue;
        }
        // Pi takes another start for another message; it reads the message as it is now from every event.
        if (event.type !== "start" || !begun) answer.push(event);
        begun = true;
      }
      const { failure } = await ended;
      if (!failed) return this.#patience.answered();
      const delayMs = failure ? this.#patience.delayAfter(failure) : undefined;
      if (delayMs === undefined || !failure) return answer.push(failed);
      this.#emit({ type: "retry.scheduled", at: now(), delayMs: Math.round(delayMs), reason: failure.message });
      await setTimeout(delayMs, undefined, { signal }).catch(() => undefined);
      if (signal?.aborted) return answer.push(aborted(failed));
    }
  }

  async #send(send: StreamFn, model: Model<Api>, context: Context, options: StreamOptions): Promise<Sent> {
    const spanId = this.#task.trace && newSpanId();
    const named = spanId === undefined ? {} : { spanId };
    this.#emit({ type: "request.started", at: now(), provider: model.provider, model: model.id, ...named });
    const firstByte = once(() => this.#emit({ type: "request.first_byte", at: now() }));
    const exchange = new HttpExchange(firstByte);
    // The prompt stands first, also where a conversation was seeded before Pi had made it.
    const transcript = collapseSystemMessages(normalizeContext(context));
    const stream = await send(model, transcript as typeof context, this.#optionsFor(spanId, options));
    const fitted = new FittedAnswer();
    onEvents(stream, (event) => {
      fitted.fit(event);
      if (event.type !== "start" && event.type !== "error") {
        firstByte();
        arrivals.publish(undefined);
      }
      return event.type === "error" ? (wholeAnswer(event.error) ?? event) : event;
    });
    const ended = stream.result().then((message) => this.#end(message, exchange, model.baseUrl, options?.signal));
    return { stream, ended };
  }

  #optionsFor(spanId: string | undefined, options: StreamOptions): StreamOptions {
    const { providerEnvironment, trace } = this.#task;
    const indexes = new CallIndexes();
    return {
      ...options,
      onProviderStreamEvent: (event, model) => {
        indexes.fit(event);
        return options?.onProviderStreamEvent?.(event, model);
      },
      ...(providerEnvironment && { env: { ...providerEnvironment, ...options?.env } }),
      ...(trace && spanId && { headers: { ...options?.headers, ...traceHeaders(trace, spanId) } }),
    };
  }

  #end(
    message: AssistantMessage,
    exchange: HttpExchange,
    baseUrl: string,
    signal: AbortSignal | undefined,
  ): EndedRequest {
    exchange.close();
    const usage = requestUsage(message.usage);
    this.#usage.addRequest(usage);
    // An abort can end as an error, too, and then nobody has refused anything.
    const isFailure = message.stopReason === "error" && !signal?.aborted;
    const failure = isFailure ? providerFailure(message, exchange.failedAnswer(), baseUrl) : null;
    this.last = { message, failure };
    this.#emit({
      type: "request.ended",
      at: now(),
      stopReason: message.stopReason,
      ...(message.errorMessage !== undefined && { error: message.errorMessage }),
      ...(failure && { errorCode: failure.code }),
      ...(message.responseId !== undefined && { responseId: message.responseId }),
      ...(message.responseModel !== undefined && { responseModel: message.responseModel }),
      usage,
    });
    return this.last;
  }
}

type FailedEvent = Extract<StreamEvent, { type: "error" }>;

/** The end of a request that was given up while it waited to be made again. */
function aborted({ error }: FailedEvent): FailedEvent {
  const message: AssistantMessage = { ...error, stopReason: "aborted", errorMessage: "The request was aborted" };
  return { type: "error", reason: "aborted", error: message };
}

/** The end of a request that could not be made at all. */
function broken({ api, provider, id }: Model<Api>, error: unknown): FailedEvent {
  const errorMessage = error instanceof Error ? error.message : String(error);
  const message: AssistantMessage = {
    role: "assistant",
    content: [],
    api,
    provider,
    model: id,
    usage: NO_PI_USAGE,
    stopReason: "error",
    errorMessage,
    timestamp: Date.now(),
  };
  return { type: "error", reason: "error", error: message };
}

/** Lets `change` see each event of an answer before Pi does, also of one that does not come by way of fetch. */
function onEvents(stream: Stream, change: (event: StreamEvent) => StreamEvent): void {
  const push = stream.push.bind(stream);
  stream.push = (event) => push(change(event));
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
