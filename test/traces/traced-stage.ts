import type { InvocationRecord } from "@pifleet/client";
import type { Carrier, SubmissionInput, TraceExport } from "@pifleet/invocation";
import { type ModelServer, startModelServer } from "@pifleet/testkit/model-server";
import { startTraceSink, type TraceSink } from "@pifleet/testkit/trace-sink";
import { newSpanId, newTraceId, traceparentFor } from "@pifleet/tracing";
import { expect, vi } from "vitest";
import { Fleet } from "../fleet/fleet.ts";
import { Gate } from "../fleet/gate.ts";
import { CANARIES, expectNoCanary } from "./canary.ts";
import { Cast, type Script } from "./cast.ts";

/** How long something may take that other processes do, milliseconds. */
const PATIENCE = { timeout: 30_000, interval: 200 };

/** Expects again and again until it holds. Other than `expect.poll`, it may be used by tests that run side by side. */
export function eventually<T>(expectation: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(expectation, PATIENCE);
}

/** How long an export may take in these tests, milliseconds. */
const EXPORT_MS = "1500";
/** What the workers send to the deployment's collector. */
export const DEPLOYMENT_AUTHORIZATION = `Bearer ${CANARIES.deployment}`;

/** A span of a caller, under which runs hang. */
export class Caller {
  readonly traceId = newTraceId();
  readonly spanId = newSpanId();

  traceparent(sampled = true): string {
    return traceparentFor(this.traceId, this.spanId, sampled);
  }
}

export interface TracedStageOptions {
  readonly env?: Record<string, string>;
  /** How many workers to start. Default 1. */
  readonly workers?: number;
}

/** What was submitted. */
export interface Submitted {
  readonly id: string;
  readonly caller: Caller;
  /** The word by which the model knows the invocation. */
  readonly word: string;
}

/** A fleet that exports its traces to a collector of the deployment, with a fake model and planted secrets. */
export class TracedStage implements AsyncDisposable {
  readonly fleet: Fleet;
  readonly deployment: TraceSink;
  readonly cast: Cast;
  readonly #models: ModelServer;

  private constructor(models: ModelServer, deployment: TraceSink, fleet: Fleet) {
    this.#models = models;
    this.deployment = deployment;
    this.fleet = fleet;
    this.cast = new Cast(models);
  }

  static async set({ env, workers = 1 }: TracedStageOptions = {}): Promise<TracedStage> {
    const authorization = DEPLOYMENT_AUTHORIZATION;
    const [models, deployment] = await Promise.all([startModelServer(), startTraceSink({ authorization })]);
    const fleet = await Fleet.start({
      workers,
      models: withKey(models, CANARIES.provider),
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: deployment.endpoint,
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(authorization)}`,
        OTEL_EXPORTER_OTLP_TIMEOUT: EXPORT_MS,
        PIFLEET_WEBHOOK_ALLOW: "loopback",
        PIFLEET_CONCURRENCY: "8",
        PIFLEET_GRACE_MS: "100",
        PLANTED_API_KEY: CANARIES.environment,
        ...env,
      },
    });
    return new TracedStage(models, deployment, fleet);
  }

  get invocations() {
    return this.fleet.client.invocations;
  }

  /** Submits an invocation whose model follows the script. */
  async submit(
    script: Script,
    submission: Partial<SubmissionInput> = {},
    { caller = new Caller(), ...carrier }: { readonly caller?: Caller } & Carrier = {},
  ): Promise<Submitted> {
    const { input = "Do it.", ...rest } = submission;
    const word = this.cast.add(script);
    const { id } = await this.invocations.create(
      { model: "fake/test", input: `${word} ${input}`, ...rest },
      { traceparent: caller.traceparent(), ...carrier },
    );
    return { id, caller, word };
  }

  /** Stops the newest worker as an orchestrator does and starts one with more environment. */
  async restartWorker(env: Record<string, string>): Promise<void> {
    await this.fleet.workers.at(-1)?.stop();
    await this.fleet.startWorker(env);
  }

  /** A gate that tools can be held up by. */
  gate(): Gate {
    return new Gate(this.fleet.directory);
  }

  /** Resolves when a tool of the invocation has said something. */
  async working(id: string): Promise<void> {
    for await (const { type } of this.invocations.stream(id)) if (type === "tool.output") return;
    throw new Error(`${id} ended before a tool of it said anything`);
  }

  /** Resolves when the trace tells that this has happened to the run. */
  async told(id: string, event: string): Promise<void> {
    await eventually(async () => {
      const spans = await this.invocations.trace(id);
      expect(spans.flatMap((span) => span.events.map(({ name }) => name))).toContain(event);
    });
  }

  /** What the record says of the export, once that is what is expected. */
  async exported(id: string, status: TraceExport["status"]): Promise<TraceExport> {
    return eventually(async () => {
      const told = (await this.invocations.get(id)).trace.export;
      expect(told).toMatchObject({ status });
      return told;
    });
  }

  /** The value of a metric with these labels, as the API tells it. */
  async metric(name: string, labels = ""): Promise<number> {
    const text = await (await this.fleet.fetch("/metrics")).text();
    const line = text.split("\n").find((candidate) => candidate.startsWith(`pifleet_${name}${labels} `));
    return Number(line?.split(" ").at(-1));
  }

  /** How often exports came to this, as the fleet has counted it. */
  exports(audience: "deployment" | "invocation", result: string): Promise<number> {
    return this.metric("trace_exports_total", `{audience="${audience}",result="${result}"}`);
  }

  /** Expects that no secret is seen in what the invocation left to be read. */
  async expectNoCanaryIn(record: InvocationRecord): Promise<void> {
    const { id } = record;
    const trace = await this.invocations.trace(id);
    const events = [];
    for await (const event of this.invocations.stream(id)) events.push(event);
    expectNoCanary({ record, trace, events });
  }

  /** Expects that no secret is seen in what belongs to the whole fleet: logs, metrics, the deployment's collector. */
  async expectNoCanaryInFleet(): Promise<void> {
    const logs = [...this.fleet.apis, ...this.fleet.workers].map((service) => [service.name, service.output]);
    const metrics = await (await this.fleet.fetch("/metrics")).text();
    expectNoCanary({ logs, metrics, deployment: this.deployment.batches });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet.stop();
    await Promise.all([this.#models.close(), this.deployment.close()]);
  }
}

/** The models file of the fake model, whose providers are reached with this key. */
function withKey(models: ModelServer, apiKey: string): unknown {
  const { providers } = models.modelsFile();
  return {
    providers: Object.fromEntries(Object.entries(providers).map(([name, entry]) => [name, { ...entry, apiKey }])),
  };
}
