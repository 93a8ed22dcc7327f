import type { Load } from "../processes/load.ts";
import { Program } from "../processes/program.ts";
import type { SubmitArguments } from "../processes/submit-program.ts";
import type { Figure, Measure } from "../report.ts";
import type { Stage } from "../stage.ts";

const AT_ONCE = 64;
const BODY = { model: "fake/test", input: "Say what is to be said." };
/** They take turns, so often a round: what else the machine and Redis do is shared by all. */
const TURNS = 4;
/** Enough of them for the code to be as fast as it gets. */
const WARM_UP = 2_000;
const OURS = {
  PIFLEET_TENANT_QUEUED: "1000000",
  PIFLEET_QUEUED: "1000000",
  PIFLEET_RATE_LIMIT: "0",
};

interface Measured {
  readonly by: Figure["by"];
  readonly client: Program;
  /** Submissions in a turn, which takes a fraction of a second. */
  readonly submissions: number;
  readonly perSecond: number[];
}

/** How many invocations a client gets accepted over HTTP, beside jobs that it adds to a queue itself. */
export const measureSubmit: Measure = async ({ stage, rounds, say }) => {
  const all: Measured[] = [
    { by: "Pi Fleet", client: await submitToUs(stage), submissions: 2_000, perSecond: [] },
    { by: "hand-written", client: await submitToHandWritten(stage), submissions: 4_000, perSecond: [] },
    { by: "raw BullMQ", client: await addToQueue(stage), submissions: 8_000, perSecond: [] },
  ];
  for (const { client } of all) await rate(client, WARM_UP);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < TURNS; turn += 1)
      for (const { client, submissions, perSecond } of all) perSecond.push(await rate(client, submissions));
    say(`round ${round + 1} of ${rounds}`);
  }
  return {
    title: `Submission with ${AT_ONCE} in flight`,
    method:
      "A client in a process of its own, which submits over HTTP to one API process, ours or the hand-written one, or adds " +
      "the same to a BullMQ queue itself. Nobody runs what is submitted.",
    figures: all.map(({ by, perSecond }): Figure => ({ name: "submissions", by, unit: "/s", values: perSecond })),
    comparisons: [],
  };
};

async function submitToUs(stage: Stage): Promise<Program> {
  const env = { PIFLEET_REDIS_PREFIX: stage.newPrefix(), ...OURS };
  const { url, key } = stage.use(await stage.startPrograms({ workers: 0, env }));
  return submitTo(stage, { url, key, body: BODY });
}

async function submitToHandWritten(stage: Stage): Promise<Program> {
  const api = stage.use(new Program(import.meta.resolve("../baseline/hand-written-api.ts"), queueOn(stage)));
  return submitTo(stage, { url: await api.heard<string>(), key: "none", body: BODY });
}

function submitTo(stage: Stage, args: SubmitArguments): Promise<Program> {
  return ready(stage, new Program(import.meta.resolve("../processes/submit-program.ts"), args));
}

function addToQueue(stage: Stage): Promise<Program> {
  const args = { ...queueOn(stage), data: BODY };
  return ready(stage, new Program(import.meta.resolve("../baseline/add-program.ts"), args));
}

function queueOn(stage: Stage) {
  return { queue: "submissions", connection: { url: stage.redisUrl }, prefix: stage.newPrefix() };
}

async function ready(stage: Stage, program: Program): Promise<Program> {
  stage.use(program);
  await program.heard();
  return program;
}

async function rate(client: Program, count: number): Promise<number> {
  client.tell({ count, atOnce: AT_ONCE } satisfies Load);
  return (1_000 * count) / (await client.heard<number>());
}
