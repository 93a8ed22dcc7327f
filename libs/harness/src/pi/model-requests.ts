import type { StreamFn } from "@earendil-works/pi-agent-core";
import { type AssistantMessage, normalizeContext } from "@earendil-works/pi-ai";
import { collapseSystemMessages } from "@earendil-works/pi-ai/utils/transcript";
import type { HarnessRecord } from "@pifleet/invocation";
import { now } from "../clock.ts";
import { type HttpAnswer, HttpExchange } from "./http-exchange.ts";
import { requestUsage, type UsageMeter } from "./usage.ts";

type Stream = Awaited<ReturnType<StreamFn>>;

/** How the newest model request ended. */
export interface EndedRequest {
  readonly message: AssistantMessage;
  readonly http: HttpAnswer | undefined;
}

/** Reports every model request that Pi makes, retries and compaction included, and remembers how the last one ended. */
export class ModelRequests {
  last: EndedRequest | undefined;
  readonly #emit: (record: HarnessRecord) => void;
  readonly #usage: UsageMeter;
  readonly #environment: Record<string, string> | undefined;

  constructor(emit: (record: HarnessRecord) => void, usage: UsageMeter, environment?: Record<string, string>) {
    this.#emit = emit;
    this.#usage = usage;
    this.#environment = environment;
  }

  /** The stream function that Pi is to use instead of `send`. */
  observe(send: StreamFn): StreamFn {
    return async (model, context, options) => {
      this.#emit({ type: "request.started", at: now(), provider: model.provider, model: model.id });
      const firstByte = once(() => this.#emit({ type: "request.first_byte", at: now() }));
      const exchange = new HttpExchange(firstByte);
      const environment = this.#environment && { env: { ...this.#environment, ...options?.env } };
      // The prompt stands first, also where a conversation was seeded before Pi had made it.
      const transcript = collapseSystemMessages(normalizeContext(context));
      const stream = await send(model, transcript as typeof context, { ...options, ...environment });
      onEvents(stream, firstByte);
      void stream.result().then((message) => this.#end(message, exchange));
      return stream;
    };
  }

  #end(message: AssistantMessage, exchange: HttpExchange): void {
    exchange.close();
    const usage = requestUsage(message.usage);
    this.#usage.addRequest(usage);
    this.last = { message, http: exchange.answer };
    this.#emit({
      type: "request.ended",
      at: now(),
      stopReason: message.stopReason,
      ...(message.errorMessage !== undefined && { error: message.errorMessage }),
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
