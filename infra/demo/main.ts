// `npm run demo`: a whole fleet for one invocation. It starts an API and a worker, has the command line submit, watch
// and show an invocation that really runs Pi, and stops everything. Redis comes from the set-up (`REDIS_URL`).
import { adoptPrivateEnvironment } from "@pifleet/environment";
import { Cleanup } from "../bootstrap/cleanup.mjs";
import { step } from "../bootstrap/progress.mjs";
import { DemoFailure } from "./failure.ts";
import { startFleet } from "./fleet.ts";
import { LAUNCHER, tour } from "./tour.ts";

adoptPrivateEnvironment();
const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => interrupted.abort(new DemoFailure(`interrupted by ${name}`)));
}

const cleanup = new Cleanup();
try {
  const fleet = await step("Starting the API and a worker", () => startFleet(LAUNCHER, cleanup, interrupted.signal));
  await tour(fleet, interrupted.signal);
} catch (error) {
  process.exitCode = 1;
  if (!interrupted.signal.aborted) {
    process.stderr.write(`${error instanceof DemoFailure ? `✗ ${error.message}` : (error as Error).stack}\n`);
  }
} finally {
  await step("Stopping", () => cleanup.run());
}
