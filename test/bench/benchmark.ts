import { buildPrograms } from "../fleet/build-programs.ts";
import type { Findings } from "./findings.ts";
import type { Interruption } from "./interruption.ts";
import { describeMachine } from "./machine.ts";
import { MEASUREMENTS, type MeasurementName } from "./measurements/every-measurement.ts";
import type { Options } from "./options.ts";
import { RedisConsole } from "./redis-console.ts";
import type { Report } from "./report.ts";
import { resultOf } from "./rows/row-result.ts";
import { Stage } from "./stage.ts";

/** Makes the measurements one after the other, and reads the rows off them. */
export async function benchmark(
  { rows, measurements, rounds, quick, pi }: Options,
  interruption: Interruption,
  say: (line: string) => void,
): Promise<Findings> {
  const redisUrl = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";
  await using stack = new AsyncDisposableStack();
  interruption.covers(stack);
  const programs = await buildPrograms(stack);
  const machine = describeMachine(await redisVersion(redisUrl));
  const reports = new Map<MeasurementName, Report>();
  for (const name of measurements) {
    await using stage = await Stage.open({ redisUrl, programs, build: pi, interruption });
    const tell = (line: string) => say(`${name}: ${line}`);
    reports.set(name, await MEASUREMENTS[name]({ stage, rounds, quick, say: tell }));
  }
  const results = rows.flatMap((row) => {
    const report = reports.get(row.measurement);
    return report ? [resultOf(row, report)] : [];
  });
  return {
    machine: machine.afterwards(),
    pi,
    rows: results,
    reports: [...reports].map(([measurement, report]) => ({ measurement, ...report })),
  };
}

async function redisVersion(url: string): Promise<string> {
  using redis = await RedisConsole.connect(url);
  const server = await redis.info("server");
  return server.get("valkey_version") ?? server.get("redis_version") ?? "unknown";
}
