import type { Interruption } from "./interruption.ts";
import { describeMachine } from "./machine.ts";
import { MEASUREMENTS } from "./measurements/every-measurement.ts";
import type { Options } from "./options.ts";
import { RedisConsole } from "./redis-console.ts";
import type { Findings, Report } from "./report.ts";
import { Stage } from "./stage.ts";
import { tables } from "./table.ts";

/** Makes the measurements one after the other, and resolves to what is to be printed. */
export async function benchmark(
  { names, rounds, json }: Options,
  interruption: Interruption,
  say: (line: string) => void,
): Promise<string> {
  const redisUrl = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";
  const machine = describeMachine(await redisVersion(redisUrl));
  const reports: Report[] = [];
  for (const [name, measure] of Object.entries(MEASUREMENTS)) {
    if (!names.includes(name)) continue;
    await using stage = await Stage.open(redisUrl, interruption);
    reports.push(await measure({ stage, rounds, say: (line) => say(`${name}: ${line}`) }));
  }
  const findings: Findings = { machine: machine.afterwards(), reports };
  return json ? JSON.stringify(findings) : tables(findings);
}

async function redisVersion(url: string): Promise<string> {
  using redis = await RedisConsole.connect(url);
  const server = await redis.info("server");
  return server.get("valkey_version") ?? server.get("redis_version") ?? "unknown";
}
