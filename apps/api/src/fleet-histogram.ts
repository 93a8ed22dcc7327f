import type { HistogramSeries } from "@pifleet/invocation";
import type { Metric, Registry } from "prom-client";

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * A histogram that others have observed. One of prom-client can only be observed into, so this one stands beside them in
 * the registry, which asks its metrics for no more than `get` and `reset`.
 */
export class FleetHistogram {
  readonly name: string;
  readonly help: string;
  readonly type = "histogram";
  readonly #bounds: readonly number[];
  #series: readonly HistogramSeries[] = [];

  /** @param bounds the upper bounds of the buckets, ascending, without the infinite one */
  constructor(name: string, help: string, bounds: readonly number[], registry: Registry) {
    this.name = name;
    this.help = help;
    this.#bounds = bounds;
    registry.registerMetric(this as unknown as Metric);
  }

  /** From now on the histogram consists of these series. */
  show(series: readonly HistogramSeries[]): void {
    this.#series = series;
  }

  reset(): void {
    this.#series = [];
  }

  async get(): Promise<object> {
    const values = this.#series.flatMap((series) => this.#samples(series));
    return { name: this.name, help: this.help, type: this.type, aggregator: "sum", values };
  }

  #samples({ labels, buckets, count, sum }: HistogramSeries): Sample[] {
    const bucket = (le: string | number, value: number) => ({
      metricName: `${this.name}_bucket`,
      labels: { ...labels, le },
      value,
    });
    return [
      ...this.#bounds.map((bound, index) => bucket(bound, buckets[index] ?? 0)),
      bucket("+Inf", count),
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}
