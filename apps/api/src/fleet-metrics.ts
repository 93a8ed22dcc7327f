import { Counter, Gauge, type Registry } from "prom-client";
import type { FleetFigures } from "./fleet-figures.ts";
import { MeasuredMetrics } from "./measured-metrics.ts";

/** Every API tells the same of what concerns the whole fleet: a query takes the `max` over them, never the `sum`. */
const FLEET_WIDE = "Whole fleet, the same from every API: ";

/** Figures with one value for the whole fleet. */
const GAUGES: readonly { name: string; help: string; value: (figures: FleetFigures) => number }[] = [
  {
    name: "pifleet_queue_paused",
    help: "Whether the queue is paused (1) or not (0)",
    value: ({ queue }) => (queue.paused ? 1 : 0),
  },
  {
    name: "pifleet_waiting_tenants",
    help: "Tenants of whom an invocation waits for its turn",
    value: ({ waitingTenants }) => waitingTenants,
  },
  {
    name: "pifleet_oldest_waiting_seconds",
    help: "How long the invocation that has waited for its turn for longest has waited; 0 when none waits",
    value: ({ oldestMs }) => oldestMs / 1_000,
  },
  {
    name: "pifleet_invocations_admitted",
    help: "Invocations that have a place: they run, or are about to be claimed",
    value: ({ admitted }) => admitted,
  },
  { name: "pifleet_workers", help: "Workers that are alive", value: ({ workers }) => workers },
  {
    name: "pifleet_worker_slots",
    help: "Attempts that all workers together can run at once",
    value: ({ slots }) => slots,
  },
  {
    name: "pifleet_invocations_running",
    help: "Invocations that a worker has claimed and that have not ended",
    // What workers hold, not what they say of themselves: a dead one would go on saying it for a while.
    value: ({ queue }) => queue.claimed,
  },
  {
    name: "pifleet_trace_spool_attempts",
    help: "Ended attempts whose spans will be sent to a collector, or sent again",
    value: ({ spool }) => spool.spooled,
  },
  {
    name: "pifleet_trace_quarantined_attempts",
    help: "Ended attempts whose spans a collector refused for a reason that may pass, such as an expired credential",
    value: ({ spool }) => spool.quarantined,
  },
  {
    name: "pifleet_webhook_deliveries_pending",
    help: "Webhook messages that will be sent, or sent again",
    value: ({ deliveries }) => deliveries.pending,
  },
  {
    name: "pifleet_webhook_outbox_entries",
    help: "Ended invocations of which no webhook messages have been made yet; more than a few when no worker is alive",
    value: ({ deliveries }) => deliveries.outbox,
  },
];

/** Repairs that every fleet tells of from the start, so that the first one is seen as a rise. */
const REPAIRS = [
  "lost_workers",
  "recovered_claims",
  "swept_runners",
  "swept_workspaces",
  "runner_fallbacks",
  "mended_unqueued",
  "mended_places",
  "mended_counts",
  "mended_storage",
  "mended_missing",
] as const;

/** The figures of the fleet, as its database tells them. */
export class FleetMetrics {
  readonly #up: Gauge;
  readonly #gauges: readonly { gauge: Gauge; value: (figures: FleetFigures) => number }[];
  readonly #queue: Gauge<"state">;
  readonly #held: Gauge<"provider">;
  readonly #repairs: Counter<"what">;
  readonly #measured: MeasuredMetrics;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#up = new Gauge({
      name: "pifleet_backend_up",
      help: "Whether the database answers (1) or not (0)",
      registers,
    });
    this.#gauges = GAUGES.map(({ name, help, value }) => ({
      gauge: new Gauge({ name, help: FLEET_WIDE + help, registers }),
      value,
    }));
    this.#queue = new Gauge({
      name: "pifleet_queue_entries",
      help: `${FLEET_WIDE}Invocations that wait for their turn or in the queue, by state`,
      labelNames: ["state"],
      registers,
    });
    this.#held = new Gauge({
      name: "pifleet_provider_held",
      help: `${FLEET_WIDE}Providers that do not answer, and whose invocations wait: 1 for each`,
      labelNames: ["provider"],
      registers,
    });
    this.#repairs = new Counter({
      name: "pifleet_repairs_total",
      help: `${FLEET_WIDE}Work that the workers have recovered, mended and swept`,
      labelNames: ["what"],
      registers,
    });
    this.#measured = new MeasuredMetrics(registry, FLEET_WIDE);
  }

  /** While the database is away, its figures are left out: the last ones known would be a lie. */
  show(figures: FleetFigures | null): void {
    this.#leaveOut();
    this.#up.set(figures ? 1 : 0);
    if (!figures) return;
    for (const { gauge, value } of this.#gauges) gauge.set(value(figures));
    for (const state of ["waiting", "delayed", "claimed"] as const) this.#queue.set({ state }, figures.queue[state]);
    for (const { provider } of figures.heldProviders) this.#held.set({ provider }, 1);
    for (const what of REPAIRS) this.#repairs.inc({ what }, 0);
    for (const [what, count] of Object.entries(figures.repairs)) this.#repairs.inc({ what }, count);
    this.#measured.show(figures.measured);
  }

  #leaveOut(): void {
    for (const { gauge } of this.#gauges) gauge.remove();
    for (const metric of [this.#queue, this.#held, this.#repairs, this.#measured]) metric.reset();
  }
}
