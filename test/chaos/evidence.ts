import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Arena } from "./arena.ts";
import type { Findings } from "./table.ts";

/** Writes down what is needed to understand a flaw: the flawed stories, and what every process has logged. */
export async function keepEvidence(directory: string, arena: Arena, findings: Findings): Promise<void> {
  const { stories, leftovers, injector } = findings;
  await mkdir(directory, { recursive: true });
  const flawed = stories.filter(({ flaws }) => flaws.length > 0);
  const failures = injector.failures.map((error) => (error instanceof Error ? error.stack : String(error)));
  await writeFile(
    join(directory, "flaws.json"),
    JSON.stringify({ flawed, leftovers, failures, faults: injector.log }, null, 2),
  );
  await writeFile(join(directory, "records.json"), JSON.stringify(stories.map(({ record }) => record)));
  const services = [...arena.fleet.workers, ...arena.fleet.apis];
  await Promise.all(
    services.map((service) => writeFile(join(directory, `${service.name}-${service.pid}.log`), service.output)),
  );
}
