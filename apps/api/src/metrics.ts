import type { Backend } from "@pifleet/invocation";
import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Services } from "./app.ts";
import { FleetFiguresReader } from "./fleet-figures.ts";
import { FleetMetrics } from "./fleet-metrics.ts";
import { OPEN_KINDS } from "./open-requests.ts";

const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
/** The route label of requests that match no route, so that clients cannot invent labels. */
const UNMATCHED = "unmatched";

/** The figures of this process, and those of the fleet as the backend tells them. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #figures: FleetFiguresReader;
  readonly #fleet: FleetMetrics;
  readonly #services: Pick<Services, "waiting" | "openRequests" | "damage">;
  readonly #requests: Histogram<"method" | "route" | "status">;
  readonly #awaited: Gauge;
  readonly #open: Gauge<"kind">;
  readonly #damaged: Counter;

  constructor(backend: Backend, services: Pick<Services, "waiting" | "openRequests" | "damage">) {
    const registers = [this.#registry];
    this.#figures = new FleetFiguresReader(backend);
    this.#fleet = new FleetMetrics(this.#registry);
    this.#services = services;
    collectDefaultMetrics({ register: this.#registry });
    // Gauges of Node whose names are those of counters; `nodejs_active_resources` tells the same.
    for (const kind of ["resources", "handles", "requests"])
      this.#registry.removeSingleMetric(`nodejs_active_${kind}_total`);
    this.#requests = new Histogram({
      name: "pifleet_http_request_duration_seconds",
      help: "Time from a request to the end of its answer, held-back answers and streams included",
      labelNames: ["method", "route", "status"],
      buckets: DURATION_BUCKETS,
      registers,
    });
    this.#awaited = new Gauge({
      name: "pifleet_invocations_awaited",
      help: "Invocations whose end a held-back answer waits for",
      registers,
    });
    this.#open = new Gauge({
      name: "pifleet_open_requests",
      help: "Event streams and held-back answers that are open",
      labelNames: ["kind"],
      registers,
    });
    this.#damaged = new Counter({
      name: "pifleet_artifacts_damaged_total",
      help: "Downloads that broke off because the content in the store is not what the run has left",
      registers,
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
    const { waiting, openRequests, damage } = this.#services;
    this.#awaited.set(waiting.size);
    for (const kind of OPEN_KINDS) this.#open.set({ kind }, openRequests.count(kind));
    this.#damaged.reset();
    this.#damaged.inc(damage.artifacts);
    this.#fleet.show(await this.#figures.read());
    return this.#registry.metrics();
  }
}
