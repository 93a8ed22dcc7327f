import type { ClosedLabelSets, LabelSets } from "./measurements.ts";

/** A value for each label. */
export type Labels = Readonly<Record<string, string>>;

/** In place of every label that can be any text: the series to which what is beyond their bound is added. */
const OVERFLOW = "(other)";
/** Longer label values are cut, characters. */
const MAX_LABEL_CHARS = 256;

/** Whether one of the labels can be any text. */
export function isOpen(sets: LabelSets): boolean {
  return Object.values(sets).includes(null);
}

/** Labels as one word, in the order of the table; such as `audience=deployment,result=ok`. */
export function labelText(sets: LabelSets, labels: object): string {
  return Object.entries(sets)
    .map(([label, values]) => `${label}=${values ? Reflect.get(labels, label) : escaped(Reflect.get(labels, label))}`)
    .join(",");
}

/** All labels that a measurement can have, by their text. */
export function allSeries(sets: ClosedLabelSets): Map<string, Labels> {
  return new Map(combinations([{}], Object.entries(sets)).map((labels) => [labelText(sets, labels), labels]));
}

/**
 * The labels of the series that these texts belong to, by their text. Where a label can be any text, those that were
 * counted, each with all values of its other labels.
 */
export function seriesOf(sets: LabelSets, texts: Iterable<string>): Map<string, Labels> {
  const counted = isOpen(sets) ? [...texts].flatMap((text): Labels[] => [readLabels(sets, text) ?? []].flat()) : [{}];
  const all = combinations(counted, Object.entries(sets));
  return new Map(all.map((labels) => [labelText(sets, labels), labels]));
}

/** The text of the labels in which every label that can be any text says `OVERFLOW`; `undefined` for another text. */
export function overflowText(sets: LabelSets, text: string): string | undefined {
  const labels = readLabels(sets, text);
  if (!labels) return undefined;
  const open = Object.entries(sets).flatMap(([label, values]) => (values ? [] : [[label, OVERFLOW]]));
  return labelText(sets, { ...labels, ...Object.fromEntries(open) });
}

/** These labels with every value of those that have a set of them. */
function combinations(from: Labels[], sets: readonly (readonly [string, readonly string[] | null])[]): Labels[] {
  let series = from;
  for (const [label, values] of sets) {
    if (values) series = series.flatMap((labels) => values.map((value) => ({ ...labels, [label]: value })));
  }
  return series;
}

/** The labels in a text that `labelText` made; `undefined` for another text. */
function readLabels(sets: LabelSets, text: string): Labels | undefined {
  const parts = text.split(",");
  const names = Object.keys(sets);
  if (parts.length !== names.length) return undefined;
  const labels: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const part = parts[index] ?? "";
    if (!part.startsWith(`${name}=`)) return undefined;
    const value = unescaped(part.slice(name.length + 1));
    if (value === undefined || sets[name]?.includes(value) === false) return undefined;
    labels[name] = value;
  }
  return labels;
}

/** Text from elsewhere, without a character that has a meaning in the text of labels. */
function escaped(value: unknown): string {
  return encodeURIComponent(String(value).slice(0, MAX_LABEL_CHARS).toWellFormed());
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // It is from another version, or no text of ours.
    return undefined;
  }
}
