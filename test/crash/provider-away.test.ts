import { setTimeout } from "node:timers/promises";
import { text, toolCall } from "@pifleet/testkit/model-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endings, Stage } from "./stage.ts";

const AWAY_MS = import.meta.env.MODE === "whole" ? 60_000 : 15_000;
const RUNS = import.meta.env.MODE === "whole" ? 50 : 12;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set({ env: { PIFLEET_CONCURRENCY: "4" } });
  stage.models.otherwise(({ body }) =>
    JSON.stringify(body).includes('"role":"tool"') ? text("Done.") : toolCall("bash", { command: "sleep 0.2" }),
  );
});
afterAll(() => stage?.[Symbol.asyncDispose]());

describe("a provider that cannot be reached for a while", () => {
  it("fails nobody: runs that it had answered wait in their runners, and the others come back later", async () => {
    const ids = await Promise.all(Array.from({ length: RUNS }, () => stage.submit()));
    await stage.models.requested(2);
    const comeBack = await stage.models.leave();
    await setTimeout(AWAY_MS);
    await comeBack();
    const records = await Promise.all(ids.map((id) => stage.end(id)));
    expect(records.map(({ status }) => status)).toEqual(records.map(() => "succeeded"));
    const ends = new Set(records.flatMap(endings));
    expect(ends).toEqual(new Set(["provider_unavailable", "succeeded"]));
  });

  it("is named with its address and the cause when the patience is over", async () => {
    const comeBack = await stage.models.leave();
    const record = await stage.end(await stage.submit({ limits: { providerPatienceMs: 1_000 } }));
    await comeBack();
    expect(record).toMatchObject({
      status: "failed",
      error: {
        code: "provider_unavailable",
        message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1 cannot be reached \(ECONNREFUSED\)$/),
      },
    });
  });
});
