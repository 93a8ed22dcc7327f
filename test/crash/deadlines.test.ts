import { setTimeout } from "node:timers/promises";
import { hang, slow, stallAfter, text, toolCall } from "@pifleet/testkit/model-server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Stage } from "./stage.ts";

const IMPATIENT = { firstByteMs: 1_500, idleMs: 1_500 };

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set({ env: { PIFLEET_CONCURRENCY: "1" } });
});
afterAll(() => stage?.[Symbol.asyncDispose]());

it("a connection to the provider on which nothing comes ends by the first-byte deadline", async () => {
  stage.models.enqueue(hang());
  const record = await stage.end(await stage.submit({ limits: { firstByteMs: 1_500, idleMs: 60_000 } }));
  expect(record).toMatchObject({ status: "timed_out", error: { code: "timeout_first_byte" }, attempt: 1 });
});

it("a stream that stalls in the middle ends by the idle deadline, and what had come is kept", async () => {
  stage.models.enqueue(stallAfter(3, "This sentence has a beginning but no end."));
  const record = await stage.end(await stage.submit({ limits: IMPATIENT }));
  expect(record).toMatchObject({ status: "timed_out", error: { code: "timeout_idle" }, attempt: 1 });
  expect(record.output).toContain("This");
});

it("a stream that only dribbles lives longer than the idle deadline", async () => {
  const said = "As long as something comes, however little of it comes, there is progress.";
  stage.models.enqueue(slow(400, said));
  expect(await stage.end(await stage.submit({ limits: IMPATIENT }))).toMatchObject({ output: said, attempt: 1 });
});

it("a tool that is at work in silence lives longer than the idle deadline", async () => {
  stage.models.enqueue(toolCall("bash", { command: "sleep 3" }), text("Done."));
  expect(await stage.end(await stage.submit({ limits: IMPATIENT }))).toMatchObject({ status: "succeeded", attempt: 1 });
});

it("the time in the queue counts for no deadline", async () => {
  const gate = stage.gate();
  stage.models.enqueue(toolCall("bash", { command: gate.command }), text("First."), text("Second."));
  const first = await stage.submit();
  await stage.worksOn(first);
  const second = await stage.submit({ limits: IMPATIENT });
  await setTimeout(2 * IMPATIENT.idleMs);
  await gate.open();
  expect(await stage.end(second)).toMatchObject({ status: "succeeded", output: "Second.", attempt: 1 });
  await stage.end(first);
  await stage.cleared();
});
