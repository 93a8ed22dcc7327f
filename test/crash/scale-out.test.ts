import { expect, it } from "vitest";
import { Stage } from "./stage.ts";

const INVOCATIONS = 30;

it("three workers on one Redis run thirty invocations, each once, and all of them take part", async () => {
  await using stage = await Stage.set({ workers: 3, apis: 2, env: { PIFLEET_CONCURRENCY: "2" } });
  const [one, other] = stage.fleet.apis.map(({ client }) => client);
  const submissions = Array.from({ length: INVOCATIONS }, (_, i) =>
    (i % 2 === 0 ? one : other)?.invocations.create({ model: "fake/test", input: `Do ${i}.` }),
  );
  const records = await Promise.all(submissions);
  const workers = new Set<string | undefined>();
  for (const submitted of records) {
    const record = await stage.end(submitted?.id ?? "");
    expect(record).toMatchObject({ status: "succeeded", output: "Done.", attempt: 1 });
    workers.add(record.attempts[0]?.worker);
  }
  expect(workers).toEqual(new Set(stage.fleet.workers.map(({ id }) => id)));
  expect(stage.models.requests).toHaveLength(INVOCATIONS);
  await stage.cleared();
}, 120_000);
