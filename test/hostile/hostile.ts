import { setTimeout } from "node:timers/promises";
import { Random } from "../chaos/random.ts";
import { processesOfRuns } from "../fleet/processes.ts";
import { Arena } from "./arena.ts";
import type { Attack } from "./attacks/attack.ts";
import { ATTACKS } from "./attacks/every-attack.ts";
import type { Findings, Strike } from "./findings.ts";
import { Innocents } from "./innocents.ts";
import { MemoryWatch } from "./memory-watch.ts";
import type { Options } from "./options.ts";
import { report } from "./report.ts";

/** How long the innocent tenant is alone at first, as a share of the time. */
const UNDISTURBED = 0.2;
/** How many attacks are made at once once each was made alone. */
const AT_ONCE = 2;
/** How long what an attack has left may take to go. */
const CLEARING_MS = 60_000;

/** Lets one tenant attack the fleet while another one works. Resolves to whether the other one noticed nothing. */
export async function hostile(options: Options, say: (line: string) => void): Promise<boolean> {
  const { durationMs, seed, workers, only } = options;
  const attacks = ATTACKS.filter(({ name }) => only.length === 0 || only.includes(name));
  if (attacks.length === 0)
    throw new TypeError(`There are these attacks: ${ATTACKS.map(({ name }) => name).join(", ")}`);
  await using arena = await Arena.open(workers);
  const watch = new MemoryWatch(arena);
  const innocents = new Innocents(arena);
  innocents.start();
  say(`Seed ${seed}. The innocent tenant is alone for ${Math.round((UNDISTURBED * durationMs) / 1_000)} s.`);
  await setTimeout(UNDISTURBED * durationMs);
  const undisturbed = innocents.runs.slice();
  const strikes = await strike(arena, attacks, { random: new Random(seed), durationMs, say });
  await innocents.stop();
  watch.stop();
  const { processes, directories } = await leftovers(arena);
  const findings: Findings = {
    undisturbed,
    attacked: innocents.runs.slice(undisturbed.length),
    failures: innocents.failures,
    deaths: arena.deaths,
    strikes,
    gaps: arena.gaps,
    peaksMb: watch.peaks,
    stolen: [...arena.stolen],
    leftProcesses: processes,
    leftDirectories: directories,
  };
  const { text, passed } = report(findings);
  say(text);
  return passed;
}

interface Campaign {
  readonly random: Random;
  readonly durationMs: number;
  readonly say: (line: string) => void;
}

/** Each attack in turn, and then any of them at random, some at once. */
async function strike(arena: Arena, attacks: readonly Attack[], { random, durationMs, say }: Campaign) {
  const strikes: Strike[] = [];
  const end = performance.now() + durationMs;
  const make = async (attack: Attack) => {
    const from = Date.now();
    await attack.strike({ arena, random }).catch((error) => say(`${attack.name} could not be made: ${error}`));
    const strike = { name: attack.name, from, to: Date.now() };
    strikes.push(strike);
    say(`${attack.name}: ${((strike.to - from) / 1_000).toFixed(1)} s, ${arena.deaths.length} workers have died`);
  };
  for (const attack of attacks) await make(attack);
  const again = async () => {
    while (performance.now() < end) await make(random.pick(attacks) as Attack);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, again));
  return strikes;
}

async function leftovers({ fleet }: Arena): Promise<{ processes: number; directories: string[] }> {
  const deadline = performance.now() + CLEARING_MS;
  for (;;) {
    const processes = processesOfRuns(fleet.workspaces).length;
    const directories = fleet.remains();
    if ((processes === 0 && directories.length === 0) || performance.now() > deadline)
      return { processes, directories };
    await setTimeout(500);
  }
}
