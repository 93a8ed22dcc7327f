import type { InvocationRecord } from "@pifleet/client";
import { expect } from "vitest";
import { expectNoCanary } from "./canary.ts";
import { type Behaviour, type OpenCollector, spansSent } from "./collectors.ts";
import { expectSound, outlineOf, ownOutline } from "./outline.ts";
import { type Scenario, submissionOf } from "./scenarios.ts";
import { eventually, type Submitted, type TracedStage } from "./traced-stage.ts";

/** Submits what the scenario needs, with the collector as the invocation's own destination. */
export function submitTo(stage: TracedStage, scenario: Scenario, { destination }: OpenCollector): Promise<Submitted> {
  const trace = { ...destination, content: true };
  return stage.submit(scenario.script, { ...submissionOf(scenario), trace });
}

/**
 * Expects of an invocation that its collector has not changed its outcome, that the record tells what became of the
 * export, that both collectors have its whole tree or get it as soon as they can, and that no secret is in anything.
 */
export async function expectCell(
  stage: TracedStage,
  scenario: Scenario,
  { behaviour, sink }: OpenCollector,
  { id, caller }: Submitted,
): Promise<void> {
  const record = await stage.invocations.wait(id);
  expectOutcome(record, scenario);
  expect(record.trace.traceId).toBe(caller.traceId);

  await expectExport(stage, record, behaviour);
  if (behaviour.mend) {
    await behaviour.mend(sink);
    expect(await stage.exported(id, "ok")).toEqual({ status: "ok" });
  }

  const own = await eventually(() => {
    const spans = behaviour.counted === "quarantined" ? spansSent(sink, caller.traceId) : sink.spansOf(caller.traceId);
    expect(outlineOf(spans, caller.spanId)).toBe(ownOutline(scenario.outline));
    return spans;
  });
  expectSound(own, caller.traceId);
  await expectWholeTree(stage, scenario, caller);
  expectNoCanary({ own });
  await stage.expectNoCanaryIn(await stage.invocations.get(id));
}

/** Expects that the invocation ended as the scenario has it. */
export function expectOutcome(record: InvocationRecord, { status, error, endings }: Scenario): void {
  const ended = {
    status: record.status,
    error: record.error?.code ?? null,
    endings: record.attempts.map((one) => one.ended),
  };
  expect(ended).toEqual({ status, error, endings });
}

/** Expects that the record tells, or will, what comes of exports to a collector that behaves so. */
export async function expectExport(stage: TracedStage, record: InvocationRecord, behaviour: Behaviour): Promise<void> {
  const { reason, ...told } = behaviour.told(Math.max(1, record.attempt));
  const expected = { ...told, ...(reason && { reason: expect.stringMatching(reason) }) };
  await eventually(async () => expect((await stage.invocations.get(record.id)).trace.export).toEqual(expected));
}

/** Expects that the deployment's collector gets the whole tree, once. */
export async function expectWholeTree(
  { deployment }: TracedStage,
  scenario: Scenario,
  { traceId, spanId }: Submitted["caller"],
): Promise<void> {
  await eventually(() => expect(outlineOf(deployment.spansOf(traceId), spanId)).toBe(scenario.outline));
  expectSound(deployment.spansOf(traceId), traceId);
}
