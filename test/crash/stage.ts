import type { InvocationRecord, LoggedEvent } from "@pifleet/client";
import type { SubmissionInput } from "@pifleet/invocation";
import { type ModelServer, startModelServer } from "@pifleet/testkit/model-server";
import { expect } from "vitest";
import { Fleet, type FleetOptions } from "../fleet/fleet.ts";
import { Gate } from "../fleet/gate.ts";
import { processesOfRuns } from "../fleet/processes.ts";
import { flawsOf } from "../fleet/story.ts";
import type { WorkerService } from "../fleet/worker-service.ts";

/** How long something may take that the operating system or another process does, milliseconds. */
export const PATIENCE = { timeout: 20_000, interval: 100 };
/** A lease that no test outlives: what happens before it has run out has another cause. */
export const ENDLESS_LEASE = { PIFLEET_LEASE_MS: "600000" };
/** A lease that tests can wait for. */
export const SHORT_LEASE = { PIFLEET_LEASE_MS: "2000" };
/** Every runner starts for the attempt that it serves. */
export const NO_WARM = { PIFLEET_WARM: "0" };
/** What runs when a worker is told to stop is handed back soon. */
const SHORT_GRACE = { PIFLEET_GRACE_MS: "100" };

/** A fleet with a fake model, for one test. */
export class Stage implements AsyncDisposable {
  readonly models: ModelServer;
  readonly fleet: Fleet;

  private constructor(models: ModelServer, fleet: Fleet) {
    this.models = models;
    this.fleet = fleet;
  }

  static async set({ env, ...options }: Omit<FleetOptions, "models"> = {}): Promise<Stage> {
    const models = await startModelServer();
    const fleet = await Fleet.start({ ...options, models: models.modelsFile(), env: { ...SHORT_GRACE, ...env } });
    return new Stage(models, fleet);
  }

  /** Submits an invocation; returns its id. */
  async submit(submission: Partial<SubmissionInput> = {}): Promise<string> {
    const { id } = await this.fleet.client.invocations.create({ model: "fake/test", input: "Do it.", ...submission });
    return id;
  }

  /** A gate that tools can be held up by. */
  gate(): Gate {
    return new Gate(this.fleet.directory);
  }

  /** The first event of this type; resolves when it is there. */
  async event(id: string, type: LoggedEvent["type"], attempt = 1): Promise<LoggedEvent> {
    const seen = [];
    for await (const event of this.fleet.client.invocations.stream(id)) {
      if (event.type === type && event.attempt === attempt) return event;
      seen.push(`${event.type} of ${event.attempt}`);
    }
    throw new Error(`${id} ended without ${type} of attempt ${attempt}: ${seen.join(", ")}`);
  }

  /** The worker that runs this attempt; resolves when its first tool has said something. */
  async worksOn(id: string, attempt = 1): Promise<WorkerService> {
    await this.event(id, "tool.output", attempt);
    return this.runs(id, attempt);
  }

  /** The worker that has started this attempt; resolves when it has. */
  async runs(id: string, attempt = 1): Promise<WorkerService> {
    const event = await this.event(id, "attempt.started", attempt);
    return this.fleet.worker(event.type === "attempt.started" ? event.worker : "");
  }

  /** The record once the invocation has ended. Its story must be sound, whatever it tells. */
  async end(id: string): Promise<InvocationRecord> {
    const record = await this.fleet.client.invocations.wait(id);
    const events = [];
    for await (const event of this.fleet.client.invocations.stream(id)) events.push(event);
    expect(flawsOf(record, events)).toEqual([]);
    return record;
  }

  /** Waits until no process, no workspace and no record of any run is left. */
  async cleared(): Promise<void> {
    await expect.poll(() => processesOfRuns(this.fleet.workspaces), PATIENCE).toEqual([]);
    await expect.poll(() => this.fleet.remains(), PATIENCE).toEqual([]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet.stop();
    await this.models.close();
  }
}

/** How the attempts of an invocation ended, in order. */
export function endings({ attempts }: InvocationRecord): (string | null)[] {
  return attempts.map(({ ended }) => ended);
}
