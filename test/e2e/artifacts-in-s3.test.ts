import { createHash } from "node:crypto";
import { buffer, text as textOf } from "node:stream/consumers";
import { text, toolCall } from "@pifleet/testkit/model-server";
import { startS3Server } from "@pifleet/testkit/s3-server";
import { describe, expect, it, onTestFinished } from "vitest";
import { Stage } from "../crash/stage.ts";

/** A fleet that keeps its artifacts in a bucket. */
async function setStage() {
  const s3 = await startS3Server({ isTemporary: true });
  onTestFinished(() => s3.close());
  return { s3, stage: await Stage.set({ env: s3.environment() }) };
}

describe("artifacts in a bucket", () => {
  it("are downloaded in whole and in part, and the agent sees nothing of what the bucket is reached with", async () => {
    const { s3, stage: set } = await setStage();
    await using stage = set;
    const { client } = stage.fleet;
    const secret = s3.account.secretAccessKey.slice(0, 12);
    const seen = `cat /proc/[0-9]*/environ 2>/dev/null | grep -ac ${secret} > outputs/seen; env | grep -c AWS_ >> outputs/seen`;
    const command = `mkdir outputs; head -c 20000000 /dev/urandom > outputs/noise; cp outputs/noise outputs/same; ${seen}`;
    stage.models.enqueue(toolCall("bash", { command }), text("Done."));
    const record = await stage.end(await stage.submit());
    expect(record).toMatchObject({
      status: "succeeded",
      artifacts: [{ path: "noise", bytes: 20_000_000 }, { path: "same" }, { path: "seen" }],
    });
    expect(await textOf((await client.artifacts.download(record.id, "seen")).body)).toBe("0\n0\n");
    const whole = await buffer((await client.artifacts.download(record.id, "noise")).body);
    expect(createHash("sha256").update(whole).digest("hex")).toBe(record.artifacts[0]?.sha256);
    const range = { from: 9_000_000, to: 9_000_010 };
    const part = await client.artifacts.download(record.id, "same", { range });
    expect(await buffer(part.body)).toEqual(whole.subarray(range.from, range.to));
    expect([...s3.objects.values()].map(({ bytes }) => bytes.length).sort()).toEqual([20_000_000, 4]);
    expect(s3.uploads.size).toBe(0);
    await stage.cleared();
  });

  it("that cannot be kept, as the store is away, change nothing of the outcome; what was kept is a 503 then", async () => {
    const { s3, stage: set } = await setStage();
    await using stage = set;
    const leave = (name: string) => toolCall("bash", { command: `mkdir outputs; echo kept > outputs/${name}` });
    stage.models.enqueue(leave("before"), text("First."));
    const before = await stage.end(await stage.submit());
    expect(before.artifacts).toMatchObject([{ path: "before" }]);
    s3.faultAlways({ kind: "refuse", status: 503, code: "SlowDown" });
    stage.models.enqueue(leave("lost"), text("Second."));
    const id = await stage.submit();
    expect(await stage.end(id)).toMatchObject({ status: "succeeded", output: "Second.", artifacts: [] });
    expect(await stage.event(id, "log")).toMatchObject({
      message: 'Not kept of the outputs: "lost": it could not be kept',
    });
    const download = await stage.fleet.fetch(`/v1/invocations/${before.id}/artifacts/before`);
    expect(download.status).toBe(503);
    expect(await download.json()).toMatchObject({ code: "unavailable" });
    await stage.cleared();
  });
});
