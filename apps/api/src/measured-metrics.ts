import {
  COUNTERS,
  type CounterMeasurement,
  HISTOGRAMS,
  type HistogramMeasurement,
  type Measured,
} from "@pifleet/invocation";
import { Counter, type Registry } from "prom-client";
import { FleetHistogram } from "./fleet-histogram.ts";

const PREFIX = "pifleet_";

/** The histograms and labelled counters to which all workers of the fleet add. */
export class MeasuredMetrics {
  readonly #histograms: ReadonlyMap<string, FleetHistogram>;
  readonly #counters: ReadonlyMap<string, Counter>;

  /** @param about begins every help text */
  constructor(registry: Registry, about: string) {
    const histograms: [string, HistogramMeasurement][] = Object.entries(HISTOGRAMS);
    this.#histograms = new Map(
      histograms.map(([name, { help, buckets }]) => [
        name,
        new FleetHistogram(PREFIX + name, about + help, buckets, registry),
      ]),
    );
    const counters: [string, CounterMeasurement][] = Object.entries(COUNTERS);
    this.#counters = new Map(
      counters.map(([name, { help, labels }]) => {
        const labelNames = Object.keys(labels);
        return [name, new Counter({ name: PREFIX + name, help: about + help, labelNames, registers: [registry] })];
      }),
    );
  }

  /** From now on they stand at what is given. */
  show({ histograms, counters }: Measured): void {
    this.reset();
    for (const [name, series] of histograms) this.#histograms.get(name)?.show(series);
    for (const [name, series] of counters) {
      for (const { labels, count } of series) this.#counters.get(name)?.inc(labels, count);
    }
  }

  /** Leaves all of them out. */
  reset(): void {
    for (const metric of [...this.#histograms.values(), ...this.#counters.values()]) metric.reset();
  }
}
