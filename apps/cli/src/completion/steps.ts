import type { CompletedCommand, OptionValue } from "./vocabulary.ts";

/**
 * What a word means behind a command, by both together: `pifleet webhooks` calls a command, `pifleet list --status`
 * takes a value. The scripts go through a command line with it, word by word.
 */
export interface Steps {
  /** Command and word that together call a command. */
  readonly calls: readonly string[];
  /** Command and option that want a value of this kind. */
  readonly values: readonly { readonly steps: readonly string[]; readonly value: OptionValue }[];
}

export function stepsOf(vocabulary: readonly CompletedCommand[]): Steps {
  const [, ...below] = vocabulary;
  const values = new Map<string, { steps: string[]; value: OptionValue }>();
  for (const { called, options } of vocabulary) {
    for (const { names, value } of options) {
      if (value === undefined) continue;
      const key = JSON.stringify(value);
      const known = values.get(key) ?? { steps: [], value };
      known.steps.push(...names.map((name) => `${called} ${name}`));
      values.set(key, known);
    }
  }
  return { calls: below.map(({ called }) => called), values: [...values.values()] };
}
