import { text, toolCall } from "@pifleet/testkit/model-server";
import type { ReceivedSpan } from "@pifleet/testkit/trace-sink";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TracedStage } from "./traced-stage.ts";

let stage: TracedStage;
beforeAll(async () => {
  stage = await TracedStage.set();
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

/** The attributes that hold JSON. */
const JSON_ATTRIBUTES = /^gen_ai\.(input\.messages|output\.messages|tool\.call\.arguments|system_instructions)$/;
/** Much longer than an attribute may be. */
const LONG = "long ".repeat(20_000);

/** The spans of a run with a prompt, a tool and an answer that can be told from all else. */
async function run(content?: boolean): Promise<ReceivedSpan[]> {
  const script = (request: number) =>
    request === 1 ? toolCall("bash", { command: "echo the-tools-output # the-tools-arguments" }) : text("the-answer");
  const { id, caller } = await stage.submit(script, {
    input: `the-prompt ${LONG}`,
    instructions: "the-instructions",
    ...(content !== undefined && { trace: { content } }),
  });
  await stage.exported(id, "ok");
  return stage.deployment.spansOf(caller.traceId);
}

const WORDS = ["the-prompt", "the-instructions", "the-tools-arguments", "the-tools-output", "the-answer"];

function wordsIn(spans: readonly ReceivedSpan[]): string[] {
  const attributes = JSON.stringify(
    spans.map((span) => [span.attributes, span.events.map((event) => event.attributes)]),
  );
  return WORDS.filter((word) => attributes.includes(word));
}

/** Expects JSON wherever the conventions have it, the prompt cut, and the cut marked. */
function expectShape(spans: readonly ReceivedSpan[]): void {
  const attributes = spans.flatMap((span) => Object.entries(span.attributes));
  const json = attributes.filter(([name]) => JSON_ATTRIBUTES.test(name));
  expect([...new Set(json.map(([name]) => name))]).toHaveLength(4);
  for (const [, value] of json) expect(JSON.parse(String(value))).toBeTypeOf("object");
  for (const [, value] of attributes) expect(Buffer.byteLength(String(value))).toBeLessThan(17_000);
  expect(json.filter(([, value]) => /…\[cut: \d+ more/.test(String(value)))).not.toEqual([]);
}

it("spans hold nothing of what was said, unless somebody wants it", async () => {
  expect(wordsIn(await run())).toEqual([]);
});

it("an invocation that wants it has in its spans what was said, as JSON that is cut where it is long", async () => {
  const spans = await run(true);
  expect(wordsIn(spans)).toEqual(WORDS);
  expectShape(spans);
});

it("a deployment that wants it has it in all spans, but for invocations that do not", async () => {
  await stage.restartWorker({ PIFLEET_TRACE_CONTENT: "on" });
  const spans = await run();
  expect(wordsIn(spans)).toEqual(WORDS);
  expectShape(spans);
  expect(wordsIn(await run(false))).toEqual([]);
});
