import type { LabelSets } from "./measurements.ts";

/** A value for each label. */
export type Labels = Readonly<Record<string, string>>;

/** Labels as one word, in the order of the table; such as `audience=deployment,result=ok`. */
export function labelText(sets: LabelSets, labels: object): string {
  return Object.keys(sets)
    .map((label) => `${label}=${Reflect.get(labels, label)}`)
    .join(",");
}

/** All labels that a measurement can have, by their text. */
export function allSeries(sets: LabelSets): Map<string, Labels> {
  let series: Labels[] = [{}];
  for (const [label, values] of Object.entries(sets)) {
    series = series.flatMap((labels) => values.map((value) => ({ ...labels, [label]: value })));
  }
  return new Map(series.map((labels) => [labelText(sets, labels), labels]));
}
