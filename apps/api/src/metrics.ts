import type { Backend } from "@pifleet/invocation";
import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { FleetFiguresReader } from "./fleet-figures.ts";
import { FleetMetrics } from "./fleet-metrics.ts";
import type { Waiting } from "./waiting.ts";

const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
/** What a path that no route takes is counted as, so that nobody can make labels up. */
const UNMATCHED = "unmatched";

/** The figures of this process, and those of the fleet as the backend tells them. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #figures: FleetFiguresReader;
  readonly #fleet: FleetMetrics;
  readonly #waiting: Waiting;
  readonly #requests: Histogram<"method" | "route" | "status">;
  readonly #awaited: Gauge;

  constructor(backend: Backend, waiting: Waiting) {
    const registers = [this.#registry];
    this.#figures = new FleetFiguresReader(backend);
    this.#fleet = new FleetMetrics(this.#registry);
    this.#waiting = waiting;
    collectDefaultMetrics({ register: this.#registry });
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
    this.#fleet.show(await this.#figures.read());
    return this.#registry.metrics();
  }
}
