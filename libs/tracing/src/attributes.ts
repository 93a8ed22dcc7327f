import type { ErrorCode, Invocation, RunnerRecord, Usage } from "@pifleet/invocation";
import type { Attributes } from "./attribute-limits.ts";

/**
 * The attributes of the spans of an agent's run, as typed functions. Names stand here, in `queue-attributes.ts` and in
 * `content-attributes.ts`, and nowhere else.
 *
 * The `gen_ai.*`, `messaging.*`, `http.*`, `url.*`, `error.*` and `process.*` names are those of the OpenTelemetry
 * semantic conventions 1.41.1, the last version that holds the conventions for generative AI before they moved to a
 * repository of their own (https://github.com/open-telemetry/semantic-conventions/tree/v1.41.1/docs). The
 * `openinference.*`, `llm.*`, `session.*`, `tool.*`, `input.*` and `output.*` names are those of OpenInference
 * (https://arize-ai.github.io/openinference/spec/semantic_conventions.html), which many back ends for agents read.
 * What has no name in either begins with `pifleet.`.
 */

/** The runner record of one type. */
export type RecordOf<Type extends RunnerRecord["type"]> = Extract<RunnerRecord, { type: Type }>;

/** Pi's provider names that the conventions call by another name. */
const PROVIDER_NAMES: Record<string, string> = {
  "amazon-bedrock": "aws.bedrock",
  azure: "azure.ai.openai",
  google: "gcp.gemini",
  "google-vertex": "gcp.vertex_ai",
  mistral: "mistral_ai",
  "openai-codex": "openai",
  xai: "x_ai",
};

/** On every span of an invocation. */
export function commonAttributes(invocation: Pick<Invocation, "id">): Attributes {
  return { "session.id": invocation.id, "gen_ai.conversation.id": invocation.id };
}

/** On `invoke_agent`, when the attempt starts. */
export function agentAttributes(invocation: Invocation, worker: string): Attributes {
  return {
    "gen_ai.operation.name": "invoke_agent",
    ...modelAttributes(invocation.model),
    ...(invocation.agent && { "gen_ai.agent.name": invocation.agent }),
    "openinference.span.kind": "AGENT",
    "pifleet.invocation.id": invocation.id,
    "pifleet.attempt": invocation.attempt,
    "pifleet.worker.id": worker,
    "pifleet.tenant": invocation.tenant,
  };
}

/** On `invoke_agent`, when the attempt ends: what it took altogether. */
export function agentUsageAttributes(usage: Usage): Attributes {
  return {
    ...usageAttributes(usage),
    "pifleet.usage.turns": usage.turns,
    "pifleet.usage.tool_calls": usage.toolCalls,
  };
}

export function turnAttributes(turn: number): Attributes {
  return { "openinference.span.kind": "CHAIN", "pifleet.turn": turn };
}

/** On `chat`, when a model request is sent. */
export function requestAttributes({ provider, model }: RecordOf<"request.started">): Attributes {
  return {
    "gen_ai.operation.name": "chat",
    ...modelAttributes(`${provider}/${model}`),
    "gen_ai.output.type": "text",
    "gen_ai.request.stream": true,
    "openinference.span.kind": "LLM",
    "llm.model_name": model,
    "llm.provider": provider,
  };
}

/** On `chat`, when the answer begins. */
export function firstByteAttributes(timeToFirstChunkMs: number): Attributes {
  return { "gen_ai.response.time_to_first_chunk": timeToFirstChunkMs / 1_000 };
}

/** On `chat`, when the answer is complete, or failed. */
export function responseAttributes(record: RecordOf<"request.ended">): Attributes {
  const { usage } = record;
  return {
    ...usageAttributes(usage),
    ...(record.responseModel && { "gen_ai.response.model": record.responseModel }),
    ...(record.responseId && { "gen_ai.response.id": record.responseId }),
    "gen_ai.response.finish_reasons": [record.stopReason],
    "llm.token_count.prompt": usage.inputTokens,
    "llm.token_count.completion": usage.outputTokens,
    "llm.token_count.total": usage.inputTokens + usage.outputTokens,
    "llm.token_count.prompt_details.cache_read": usage.cacheReadTokens,
    "llm.token_count.prompt_details.cache_write": usage.cacheWriteTokens,
  };
}

/** On `execute_tool`, when the tool starts. */
export function toolAttributes({ callId, name }: Pick<RecordOf<"tool.started">, "callId" | "name">): Attributes {
  return {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": name,
    "gen_ai.tool.call.id": callId,
    "gen_ai.tool.type": "function",
    "openinference.span.kind": "TOOL",
    "tool.name": name,
  };
}

/** On `execute_tool`, when the tool has ended. */
export function toolResultAttributes({ exitCode }: Pick<RecordOf<"tool.ended">, "exitCode">): Attributes {
  return exitCode === undefined ? {} : { "process.exit.code": exitCode };
}

/** On the event of a model request that is made again. */
export function retryAttributes({ delayMs, reason }: RecordOf<"retry.scheduled">): Attributes {
  return { "pifleet.retry.delay_ms": delayMs, "pifleet.retry.reason": reason };
}

/** On the event of a conversation that was made shorter to fit the model's context window. */
export function compactionAttributes({ reason }: RecordOf<"compaction">): Attributes {
  return { "pifleet.compaction.reason": reason };
}

/** On the event of an attempt that somebody or something asked to end. */
export function cancelAttributes(reason: string): Attributes {
  return { "pifleet.cancel.reason": reason };
}

/** On `invoke_agent`, when the attempt ends. */
export function statusAttributes(status: string): Attributes {
  return { "pifleet.status": status };
}

/** On every span that ended with an error. */
export function errorAttributes(type: ErrorCode | "tool_error"): Attributes {
  return { "error.type": type };
}

/** On a span that did not end by itself: it was closed because the attempt ended. */
export const CUT_SHORT: Attributes = Object.freeze({ "pifleet.cut_short": true });

/** On a span that is shown before it has ended. */
export const OPEN: Attributes = Object.freeze({ "pifleet.open": true });

/** On a span that had more events or attributes than are kept, or whose attempt made more spans. */
export function droppedAttributes(what: "attributes" | "events" | "spans", count: number): Attributes {
  return { [`pifleet.dropped.${what}`]: count };
}

function usageAttributes(usage: Omit<Usage, "turns" | "toolCalls">): Attributes {
  return {
    "gen_ai.usage.input_tokens": usage.inputTokens,
    "gen_ai.usage.output_tokens": usage.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": usage.cacheReadTokens,
    "gen_ai.usage.cache_creation.input_tokens": usage.cacheWriteTokens,
    "pifleet.usage.cost_usd": usage.costUsd,
  };
}

function modelAttributes(model: string): Attributes {
  const slash = model.indexOf("/");
  const provider = slash < 0 ? model : model.slice(0, slash);
  return {
    "gen_ai.provider.name": PROVIDER_NAMES[provider] ?? provider,
    "gen_ai.request.model": slash < 0 ? model : model.slice(slash + 1),
  };
}
