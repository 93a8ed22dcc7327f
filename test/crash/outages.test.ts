import { setTimeout } from "node:timers/promises";
import { text, toolCall } from "@pifleet/testkit/model-server";
import { expect, it, vi } from "vitest";
import { Link } from "../fleet/link.ts";
import { PATIENCE, SHORT_LEASE, Stage } from "./stage.ts";

vi.setConfig({ testTimeout: 120_000 });

/** Longer than the lease: every claim is lost. */
const OUTAGE_MS = 4_000;

it("outages of Redis that workers survive neither count as attempts nor set an invocation apart", async () => {
  await using link = await Link.toRedis();
  await using stage = await Stage.set({ workers: 2, redisUrl: link.redisUrl, env: SHORT_LEASE });
  const gate = stage.gate();
  stage.models.otherwise(({ body }) =>
    JSON.stringify(body).includes("passed") ? text("Done.") : toolCall("bash", { command: gate.command }),
  );
  const id = await stage.submit({ limits: { maxAttempts: 1 } });
  for (const attempt of [1, 2, 3, 4]) {
    await stage.worksOn(id, attempt);
    link.silence();
    await setTimeout(OUTAGE_MS);
    link.heal();
    await expect.poll(() => stage.fleet.api.isReady(), PATIENCE).toBe(true);
  }
  await stage.worksOn(id, 5);
  await gate.open();
  expect(await stage.end(id)).toMatchObject({ status: "succeeded", output: "Done.", attempt: 5 });
  await stage.cleared();
});
