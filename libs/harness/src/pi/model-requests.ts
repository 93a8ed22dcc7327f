import type { StreamFn } from "@earendil-works/pi-agent-core";
import { type AssistantMessage, normalizeContext } from "@earendil-works/pi-ai";
import { collapseSystemMessages } from "@earendil-works/pi-ai/utils/transcript";
import type { HarnessRecord, RunnerTask } from "@pifleet/invocation";
import { newSpanId } from "@pifleet/tracing/ids";
import { now } from "../clock.ts";
import { type HttpAnswer, HttpExchange } from "./http-exchange.ts";
import { providerFailure } from "./provider-failure.ts";
import { traceHeaders } from "./trace-headers.ts";
import { requestUsage, type UsageMeter } from "./usage.ts";

type Stream = Awaited<ReturnType<StreamFn>>;
type StreamOptions = Parameters<StreamFn>[2];

/** How the newest model request ended. */
export interface EndedRequest {
  readonly message: AssistantMessage;
  readonly http: HttpAnswer | undefined;
}

/**
 * Reports every model request that Pi makes, retries and compaction included, joins it to the trace of the task, and
 * remembers how the last one ended.
 *
 * It stands between Pi and the stream function, which Pi calls once for each HTTP request: the clients of the providers
 * are told not to retry by themselves (`settings.ts`). So the headers of a request can be given as an option of the
 * stream, which every provider takes and which wins against configured headers of any case. An extension that listens
 * to `before_provider_headers` would have to be loaded, and would not know which of the requests it is asked about.
 */
export class ModelRequests {
  last: EndedRequest | undefined;
  readonly #emit: (record: HarnessRecord) => void;
  readonly #usage: UsageMeter;
  readonly #task: RunnerTask;

  constructor(emit: (record: HarnessRecord) => void, usage: UsageMeter, task: RunnerTask) {
    this.#emit = emit;
    this.#usage = usage;
    this.#task = task;
  }

  /** The stream function that Pi is to use instead of `send`. */
  observe(send: StreamFn): StreamFn {
    return async (model, context, options) => {
      const spanId = this.#task.trace && newSpanId();
      const named = spanId === undefined ? {} : { spanId };
      this.#emit({ type: "request.started", at: now(), provider: model.provider, model: model.id, ...named });
      const firstByte = once(() => this.#emit({ type: "request.first_byte", at: now() }));
      const exchange = new HttpExchange(firstByte);
      // The prompt stands first, also where a conversation was seeded before Pi had made it.
      const transcript = collapseSystemMessages(normalizeContext(context));
      const stream = await send(model, transcript as typeof context, this.#optionsFor(spanId, options));
      onEvents(stream, firstByte);
      void stream.result().then((message) => this.#end(message, exchange, options?.signal));
      return stream;
    };
  }

  #optionsFor(spanId: string | undefined, options: StreamOptions): StreamOptions {
    const { providerEnvironment, trace } = this.#task;
    return {
      ...options,
      ...(providerEnvironment && { env: { ...providerEnvironment, ...options?.env } }),
      ...(trace && spanId && { headers: { ...options?.headers, ...traceHeaders(trace, spanId) } }),
    };
  }

  #end(message: AssistantMessage, exchange: HttpExchange, signal: AbortSignal | undefined): void {
    exchange.close();
    const { answer } = exchange;
    const usage = requestUsage(message.usage);
    this.#usage.addRequest(usage);
    this.last = { message, http: answer };
    // An abort can end as an error, too, and then nobody has refused anything.
    const failed = message.stopReason === "error" && !signal?.aborted;
    this.#emit({
      type: "request.ended",
      at: now(),
      stopReason: message.stopReason,
      ...(message.errorMessage !== undefined && { error: message.errorMessage }),
      ...(failed && { errorCode: providerFailure(message, answer).code }),
      ...(message.responseId !== undefined && { responseId: message.responseId }),
      ...(message.responseModel !== undefined && { responseModel: message.responseModel }),
      usage,
    });
  }
}

/** Tells of the first piece of an answer that did not come by way of fetch. */
function onEvents(stream: Stream, firstByte: () => void): void {
  const push = stream.push.bind(stream);
  stream.push = (event) => {
    if (event.type !== "start" && event.type !== "error") firstByte();
    push(event);
  };
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
