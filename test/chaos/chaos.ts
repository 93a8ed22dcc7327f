import { Arena } from "./arena.ts";
import { audit, drain, settle } from "./audit.ts";
import { keepEvidence } from "./evidence.ts";
import type { Scene } from "./faults/fault.ts";
import { Injector } from "./injector.ts";
import { Load } from "./load.ts";
import type { Options } from "./options.ts";
import { Random } from "./random.ts";
import { recoveryTimes } from "./recovery.ts";
import { type Findings, mustBeZero, table } from "./table.ts";

const LAST_ENDS_MS = 60_000;
const ENVIRONMENT = { PIFLEET_RUNNER_HEAP_MB: "128", PIFLEET_CONCURRENCY: "4" };

/** Lets everything go wrong under load, then looks whether anything was lost. Resolves to whether nothing was. */
export async function chaos(options: Options, say: (line: string) => void): Promise<boolean> {
  const { durationMs, seed, workers, logs } = options;
  await using arena = await Arena.open({ workers, apis: 2, env: ENVIRONMENT, smallDisk: true });
  if (!arena.disk) say("No small disk could be mounted: the fault of a full disk is left out.");
  const random = new Random(seed);
  const load = new Load(arena, random.fork());
  const submit: Scene["submit"] = async (task) => void (await load.submit(task));
  const scene: Scene = { arena, random: random.fork(), killings: [], submit };
  const injector = new Injector(scene);

  load.start();
  await injector.strikeFor(durationMs);
  say("No further faults; waiting until every invocation has ended.");
  await load.stop(LAST_ENDS_MS);
  const records = await settle(arena);
  const stories = await audit(arena, records, load.accepted);
  const leftovers = await drain(arena);
  const recoveriesMs = recoveryTimes(records, scene.killings);
  const findings: Findings = { minutes: durationMs / 60_000, seed, injector, load, stories, leftovers, recoveriesMs };
  if (logs !== undefined) await keepEvidence(logs, arena, findings);
  say(table(findings));
  return mustBeZero(findings).every(([, count]) => count === 0);
}
