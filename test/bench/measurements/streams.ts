import type { IncomingMessage } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { InvocationId } from "@pifleet/invocation";
import type { PlayedFleet } from "../played-fleet.ts";
import type { Figure, Measure } from "../report.ts";
import { quantile } from "../statistics.ts";

const CLIENTS = 100;
/** As often as a runner sends what its model says, if that says much. */
const EVENT_MS = 50;
const EVENTS_PER_ROUND = 60;
/** The runs speak in so many groups, one after the other. */
const GROUPS = 10;

/** How long an event takes from before its append to a client of an API that streams to 100 clients. */
export const measureStreams: Measure = async ({ stage, rounds, say }) => {
  const fleet = await stage.playFleet();
  const own: number[][] = [];
  const shared: number[][] = [];
  for (let round = 0; round < rounds; round += 1) {
    own.push(await delays(fleet, CLIENTS));
    shared.push(await delays(fleet, 1));
    say(`round ${round + 1} of ${rounds}`);
  }
  return {
    title: `Event appended → client, ${CLIENTS} event streams of one API`,
    method: `Every run appends an event each ${EVENT_MS} ms. From before the append until a client has read the event.`,
    figures: [...figures(`${CLIENTS} runs, a client each`, own), ...figures(`one run, ${CLIENTS} clients`, shared)],
    comparisons: [],
  };
};

function figures(name: string, rounds: readonly number[][]): Figure[] {
  const of = (share: number) => rounds.map((values) => quantile(values, share));
  return [
    { name: `${name}: p50`, unit: "ms", values: of(0.5) },
    { name: `${name}: p99`, unit: "ms", values: of(0.99) },
  ];
}

/** Of every event at every client, milliseconds. */
async function delays(fleet: PlayedFleet, runs: number): Promise<number[]> {
  const ids = await fleet.startRuns(runs);
  const values: number[] = [];
  const clients = Array.from({ length: CLIENTS }, (_, i) => follow(fleet, ids[i % runs] as InvocationId, values));
  const ended = await Promise.all(clients);
  await speak(fleet, ids);
  await Promise.all(ids.map((id) => fleet.settle(id)));
  await Promise.all(ended.map(({ end }) => end));
  return values;
}

/** Resolves when the client reads along; `end` resolves when the stream has ended. */
async function follow(
  fleet: PlayedFleet,
  id: InvocationId,
  values: number[],
): Promise<{ readonly end: Promise<unknown> }> {
  const stream = await fleet.get(`/v1/invocations/${id}/events`);
  const begun = Promise.withResolvers<void>();
  const end = readAll(stream, (text) => {
    const now = performance.now();
    for (const [, sentAt] of text.matchAll(/"message":"([\d.]+)"/g)) values.push(now - Number(sentAt));
    if (text.includes("attempt.started")) begun.resolve();
  });
  await begun.promise;
  return { end };
}

async function readAll(stream: IncomingMessage, onText: (text: string) => void): Promise<void> {
  for await (const chunk of stream.setEncoding("utf8")) onText(chunk);
}

/** Lets every run append its events. */
async function speak(fleet: PlayedFleet, ids: readonly InvocationId[]): Promise<void> {
  const appended: Promise<void>[] = [];
  for (let tick = 0; tick < EVENTS_PER_ROUND * GROUPS; tick += 1) {
    const group = ids.filter((_, i) => i % GROUPS === tick % GROUPS);
    appended.push(...group.map((id) => fleet.log(id, String(performance.now()))));
    await setTimeout(EVENT_MS / GROUPS);
  }
  await Promise.all(appended);
}
