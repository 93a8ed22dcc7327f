import { stepsOf } from "./steps.ts";
import type { Candidate, CompletedCommand, CompletedOption, OptionValue } from "./vocabulary.ts";

/** The completion for fish. */
export function fishCompletion(name: string, vocabulary: readonly CompletedCommand[]): string {
  return `# Completes ${name} in fish: ${name} completion fish | source
function __${name}_candidates
    set -l called ${quote(name)}
    set -l value ''
    set -l candidates
    set -l options
    set -l prefix ''
    set -l current (commandline -ct)
    set -l before (commandline -opc)
    # --name=value stands for two words.
    if string match -qr -- '^--[^=]+=' $current
        set -l parts (string split -m 1 = -- $current)
        set -a before $parts[1]
        set prefix "$parts[1]="
        set current $parts[2]
    end
    for word in $before[2..-1]
        if test -n "$value"
            set value ''
            continue
        end
        switch "$called $word"
${stepCases(vocabulary)}
        end
    end
    switch "$value"
        case any
            return
        case file
            for path in (__fish_complete_path "$current")
                echo "$prefix$path"
            end
            return
        case ''
            switch "$called"
${candidateCases(vocabulary)}
            end
            if string match -q -- '-*' "$current"
                set candidates $options
            end
    end
    for candidate in $candidates
        echo "$prefix$candidate"
    end
end
complete -c ${name} -f -a '(__${name}_candidates)'
`;
}

function stepCases(vocabulary: readonly CompletedCommand[]): string {
  const { calls, values } = stepsOf(vocabulary);
  const lines = values.map(({ steps, value }) => step(steps, taking(value)));
  return [step(calls, `set called "$called $word"`), ...lines].join("\n");
}

function step(steps: readonly string[], action: string): string {
  return `            case ${steps.map(quote).join(" ")}\n                ${action}`;
}

function taking(value: OptionValue): string {
  if (value.kind !== "choices") return `set value ${value.kind}`;
  return `set value choices; set candidates ${value.words.map(quote).join(" ")}`;
}

function candidateCases(vocabulary: readonly CompletedCommand[]): string {
  const lines = vocabulary.flatMap(({ called, next, options }) => [
    `                case ${quote(called)}`,
    `                    set candidates ${next.map(described).join(" ")}`,
    `                    set options ${options.flatMap(ofOption).map(described).join(" ")}`,
  ]);
  return lines.map((line) => line.trimEnd()).join("\n");
}

function ofOption({ names, description }: CompletedOption): Candidate[] {
  return names.map((word) => ({ word, description }));
}

/** fish shows what stands behind a tab beside the word. */
function described({ word, description }: Candidate): string {
  return quote(`${word}\t${description}`);
}

/** A text as one word of fish: within quotes it obeys the backslash. */
function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}
