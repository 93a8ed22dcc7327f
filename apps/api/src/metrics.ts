import type { Backend } from "@pifleet/invocation";
import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { type FleetFigures, FleetFiguresReader } from "./fleet-figures.ts";
import type { Waiting } from "./waiting.ts";

const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
/** What a path that no route takes is counted as, so that nobody can make labels up. */
const UNMATCHED = "unmatched";

/** The figures of this process, and those of the fleet as the backend tells them. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #fleet: FleetFiguresReader;
  readonly #waiting: Waiting;
  readonly #requests: Histogram<"method" | "route" | "status">;
  readonly #awaited: Gauge;
  readonly #up: Gauge;
  readonly #queue: Gauge<"state">;
  readonly #paused: Gauge;
  readonly #workers: Gauge;
  readonly #slots: Gauge;
  readonly #running: Gauge;
  readonly #repairs: Counter<"what">;

  constructor(backend: Backend, waiting: Waiting) {
    this.#fleet = new FleetFiguresReader(backend);
    this.#waiting = waiting;
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: "pifleet_http_request_duration_seconds",
      help: "Time from a request to the end of its answer, held-back answers and streams included",
      labelNames: ["method", "route", "status"],
      buckets: DURATION_BUCKETS,
      registers: [this.#registry],
    });
    this.#awaited = this.#gauge("pifleet_invocations_awaited", "Invocations whose end a held-back answer waits for");
    this.#up = this.#gauge("pifleet_backend_up", "Whether the database answers (1) or not (0)");
    this.#queue = this.#gauge("pifleet_queue_entries", "Invocations in the queue by state", ["state"]);
    this.#paused = this.#gauge("pifleet_queue_paused", "Whether the queue is paused (1) or not (0)");
    this.#workers = this.#gauge("pifleet_workers", "Workers that are alive");
    this.#slots = this.#gauge("pifleet_worker_slots", "Attempts that all workers together can run at once");
    this.#running = this.#gauge(
      "pifleet_invocations_running",
      "Invocations that a worker has claimed and that have not ended",
    );
    this.#repairs = new Counter({
      name: "pifleet_repairs_total",
      help: "What the workers of the fleet have recovered, mended and swept",
      labelNames: ["what"],
      registers: [this.#registry],
    });
  }

  /** Counts every request that `app` answers. */
  observe(app: FastifyInstance): void {
    app.addHook("onResponse", async ({ method, is404, routeOptions }, reply) => {
      const route = is404 ? UNMATCHED : (routeOptions.url ?? UNMATCHED);
      const labels = { method: is404 ? "any" : method, route, status: String(reply.statusCode) };
      this.#requests.observe(labels, reply.elapsedTime / 1_000);
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The figures in the Prometheus text format. */
  async text(): Promise<string> {
    this.#awaited.set(this.#waiting.size);
    this.#show(await this.#fleet.read());
    return this.#registry.metrics();
  }

  /** While the database is away, its figures are left out: the last ones known would be a lie. */
  #show(figures: FleetFigures | null): void {
    this.#queue.reset();
    this.#repairs.reset();
    for (const gauge of [this.#paused, this.#workers, this.#slots, this.#running]) gauge.remove();
    this.#up.set(figures ? 1 : 0);
    if (!figures) return;
    const { queue, workers, slots, repairs } = figures;
    for (const [what, count] of Object.entries(repairs)) this.#repairs.inc({ what }, count);
    for (const state of ["waiting", "delayed", "claimed"] as const) this.#queue.set({ state }, queue[state]);
    this.#paused.set(queue.paused ? 1 : 0);
    this.#workers.set(workers);
    this.#slots.set(slots);
    // What workers hold, not what they say of themselves: a dead one would go on saying it for a while.
    this.#running.set(queue.claimed);
  }

  #gauge<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
}
