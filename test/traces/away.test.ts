import { expect, it } from "vitest";
import { SUCCESS, submissionOf } from "./scenarios.ts";
import { eventually, TracedStage } from "./traced-stage.ts";

const RECORDS = 5;
/** Longer than the patience of these tests: a record that waits for a silent collector does not pass them. */
const EXPORT_MS = "25000";

it("a record that ends while the collector is known to be away says spooled and why, also while one asks if it is back", async () => {
  await using stage = await TracedStage.set({ env: { OTEL_EXPORTER_OTLP_TIMEOUT: EXPORT_MS } });
  const { deployment } = stage;
  const ids: string[] = [];
  const expectSpooled = async () => {
    const submitted = await Promise.all(
      Array.from({ length: RECORDS }, () => stage.submit(SUCCESS.script, submissionOf(SUCCESS))),
    );
    for (const { id } of submitted) {
      ids.push(id);
      const { reason } = await stage.exported(id, "spooled");
      expect(reason).toMatch(/cannot be reached \(ECONNREFUSED\)$/);
    }
  };

  await deployment.down();
  await expectSpooled();
  await expectSpooled();

  deployment.replyAlways({ kind: "hang" });
  const asked = deployment.log.length;
  await deployment.up();
  await eventually(() => expect(deployment.log.length).toBeGreaterThan(asked));
  await expectSpooled();

  // Takes the connection from the export that waits for an answer.
  await deployment.down();
  deployment.replyAlways();
  await deployment.up();
  for (const id of ids) await stage.exported(id, "ok");
  await eventually(async () => expect(await stage.metric("trace_spool_attempts")).toBe(0));
});
