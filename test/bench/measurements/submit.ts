import { Fleet } from "../../fleet/fleet.ts";
import type { Load } from "../processes/load.ts";
import { Program } from "../processes/program.ts";
import type { SubmitArguments } from "../processes/submit-program.ts";
import type { Figure, Measure } from "../report.ts";
import type { Stage } from "../stage.ts";

const AT_ONCE = 64;
/** Per round. */
const SUBMISSIONS = 4_000;
const JOBS = 16_000;
const WARM_UP = 1_000;
const BODY = { model: "fake/test", input: "Say what is to be said." };

/** How many invocations a client gets accepted over HTTP, beside jobs that it adds to a queue itself. */
export const measureSubmit: Measure = async ({ stage, rounds, say }) => {
  const http = await startHttpClient(stage);
  const raw = await startRawClient(stage);
  const perSecond: Record<"http" | "raw", number[]> = { http: [], raw: [] };
  await rate(http, WARM_UP);
  await rate(raw, WARM_UP);
  for (let round = 0; round < rounds; round += 1) {
    perSecond.http.push(await rate(http, SUBMISSIONS));
    perSecond.raw.push(await rate(raw, JOBS));
    say(`round ${round + 1} of ${rounds}`);
  }
  const figure = (by: Figure["by"], values: number[]): Figure => ({ name: "submissions", by, unit: "/s", values });
  return {
    title: `Submission with ${AT_ONCE} in flight`,
    method:
      "A client in a process of its own, which submits over HTTP to one API process, beside one which adds the same to a " +
      "BullMQ queue itself. Nobody runs what is submitted.",
    figures: [figure("Pi Fleet", perSecond.http), figure("raw BullMQ", perSecond.raw)],
    comparisons: [],
  };
};

async function startHttpClient(stage: Stage): Promise<Program> {
  const fleet = await Fleet.start({
    workers: 0,
    redisUrl: stage.redisUrl,
    env: {
      PIFLEET_REDIS_PREFIX: stage.newPrefix(),
      PIFLEET_TENANT_QUEUED: "1000000",
      PIFLEET_QUEUED: "1000000",
      PIFLEET_RATE_LIMIT: "0",
    },
  });
  stage.use(fleet);
  const { url, key } = fleet;
  const args: SubmitArguments = { url, key, body: BODY };
  return ready(stage, new Program(import.meta.resolve("../processes/submit-program.ts"), args));
}

function startRawClient(stage: Stage): Promise<Program> {
  const args = { queue: "submissions", connection: { url: stage.redisUrl }, prefix: stage.newPrefix(), data: BODY };
  return ready(stage, new Program(import.meta.resolve("../baseline/add-program.ts"), args));
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
