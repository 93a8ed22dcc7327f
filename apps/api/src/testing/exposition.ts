/** One line of the Prometheus text format that holds a value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All samples that one `# TYPE` line stands for. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = /^[a-zA-Z_:][\w:]*$/;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;
/** As Prometheus reads them: `NaN` in any case. */
const VALUE = /^(-?\d+(\.\d+)?(e[+-]?\d+)?|[+-]Inf|nan)$/i;
const SUFFIXES: Record<string, readonly string[]> = {
  histogram: ["_bucket", "_sum", "_count"],
  summary: ["", "_sum", "_count"],
};

/**
 * Reads the Prometheus text format 0.0.4, and is as strict as Prometheus: every sample behind its family's `# HELP` and
 * `# TYPE`, no family and no sample twice. @throws {Error} naming the first line that breaks a rule.
 */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const families = new Map<string, Family & { samples: Sample[] }>();
  let help: [name: string, text: string] | undefined;
  let family: (Family & { samples: Sample[] }) | undefined;
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const [, comment, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (comment === "HELP") help = [name, rest];
    else if (comment === "TYPE") {
      if (help?.[0] !== name || !NAME.test(name) || families.has(name)) throw new Error(`misplaced: ${line}`);
      family = { name, type: rest, help: help[1], samples: [] };
      families.set(name, family);
    } else family?.samples.push(sampleOf(line, family));
  }
  for (const { samples } of families.values()) refuseRepeated(samples);
  return families;
}

function sampleOf(line: string, { name: familyName, type }: Family): Sample {
  const [, name = "", labelText = "", value = ""] = SAMPLE.exec(line) ?? [];
  const names = (SUFFIXES[type] ?? [""]).map((suffix) => familyName + suffix);
  if (!names.includes(name)) throw new Error(`not of the family ${familyName}: ${line}`);
  if (!VALUE.test(value)) throw new Error(`no number: ${line}`);
  const number = value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value);
  return { name, labels: labelsOf(labelText, line), value: number };
}

function labelsOf(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, label = "", value = ""] = LABEL.exec(text) ?? [];
    if (label === "" || label in labels) throw new Error(`labels that cannot be read: ${line}`);
    labels[label] = value;
  }
  return labels;
}

function refuseRepeated(samples: readonly Sample[]): void {
  const keys = samples.map(({ name, labels }) => JSON.stringify([name, Object.entries(labels).sort()]));
  if (new Set(keys).size < keys.length) throw new Error(`twice: ${keys.find((key, at) => keys.indexOf(key) !== at)}`);
}

/** One series of a histogram. */
export interface ParsedHistogram {
  readonly labels: Readonly<Record<string, string>>;
  /** From the upper bound, as it is written, to how many were at most that. */
  readonly buckets: ReadonlyMap<string, number>;
  readonly sum: number;
  readonly count: number;
}

/** The series of a histogram. @throws {Error} when one is not cumulative, has no infinite bucket, sum or count. */
export function histogramsOf({ name, type, samples }: Family): ParsedHistogram[] {
  if (type !== "histogram") throw new Error(`${name} is a ${type}`);
  const series = Map.groupBy(samples, ({ labels: { le, ...labels } }) => JSON.stringify(labels));
  return [...series].map(([labels, group]) => histogramOf(name, JSON.parse(labels), group));
}

function histogramOf(name: string, labels: Record<string, string>, samples: readonly Sample[]): ParsedHistogram {
  const only = (suffix: string) => samples.find((sample) => sample.name === name + suffix)?.value ?? Number.NaN;
  const [sum, count] = [only("_sum"), only("_count")];
  const buckets = samples
    .filter((sample) => sample.name === `${name}_bucket`)
    .map((sample): [string, number] => [sample.labels.le ?? "", sample.value]);
  const bounds = buckets.map(([le]) => (le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le)));
  const counts = buckets.map(([, value]) => value);
  const where = `${name} ${JSON.stringify(labels)}`;
  if (!isAscending(bounds) || bounds.at(-1) !== Number.POSITIVE_INFINITY) throw new Error(`bounds of ${where}`);
  if (!isNowhereFalling(counts) || counts.at(-1) !== count || Number.isNaN(sum)) throw new Error(`counts of ${where}`);
  return { labels, buckets: new Map(buckets), sum, count };
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? Number.NaN));
}

function isNowhereFalling(numbers: readonly number[]): boolean {
  return numbers.every((number, at) => at === 0 || number >= (numbers[at - 1] ?? Number.NaN));
}
