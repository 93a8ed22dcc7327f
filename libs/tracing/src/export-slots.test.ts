import { describe, expect, it } from "vitest";
import { Deadline } from "./deadline.ts";
import { ExportSlots } from "./export-slots.ts";
import { createSender } from "./exporter.ts";
import { Outages } from "./outages.ts";
import { collector, sampleSpan } from "./testing/collector.ts";

const LONG = 600_000;

describe("the slots for exports", () => {
  it("let as many run at once as there are, and the next one as soon as one has ended", async () => {
    const slots = new ExportSlots(2);
    const started: number[] = [];
    const held = [0, 1, 2].map(() => Promise.withResolvers<void>());
    const runs = held.map(({ promise }, i) =>
      slots.run(new Deadline(LONG), async () => {
        started.push(i);
        await promise;
        return i;
      }),
    );
    held[1]?.resolve();
    expect(await runs[1]).toBe(1);
    for (const { resolve } of held) resolve();
    expect(await Promise.all(runs)).toEqual([0, 1, 2]);
    expect(started).toEqual([0, 1, 2]);
  });

  it("are given back by an export that fails, and by one whose turn did not come in time", async () => {
    const slots = new ExportSlots(1);
    await expect(slots.run(new Deadline(LONG), () => Promise.reject(new Error("bug")))).rejects.toThrow("bug");
    const held = Promise.withResolvers<void>();
    const first = slots.run(new Deadline(LONG), () => held.promise);
    expect(await slots.run(new Deadline(1), async () => "too late")).toBeUndefined();
    held.resolve();
    await first;
    expect(await slots.run(new Deadline(LONG), async () => "free")).toBe("free");
  });

  it("leave the spans unsent of an export whose turn does not come in time", async () => {
    const { sink, destination } = await collector();
    const slots = new ExportSlots(1);
    const pool = { slots, outages: new Outages() };
    const held = Promise.withResolvers<void>();
    const first = slots.run(new Deadline(LONG), () => held.promise);
    const span = sampleSpan();
    const late = await createSender({ ...destination, deadlineMs: 10 }, pool)([span]);
    expect(late).toMatchObject({ kind: "unsent", spans: [span], reason: "too many exports were under way" });
    held.resolve();
    await first;
    expect(await createSender(destination, pool)([span])).toEqual({ kind: "ok", sent: 1 });
    expect(sink.log).toHaveLength(1);
  });
});
