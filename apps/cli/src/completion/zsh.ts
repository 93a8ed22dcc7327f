import { quote } from "./quote.ts";
import { stepsOf } from "./steps.ts";
import type { Candidate, CompletedCommand, CompletedOption, OptionValue } from "./vocabulary.ts";

/** The completion for Zsh: a file for its `fpath`, which can be sourced as well. */
export function zshCompletion(name: string, vocabulary: readonly CompletedCommand[]): string {
  return `#compdef ${name}
# Completes ${name} in Zsh: source <(${name} completion zsh)
_${name}() {
  local called=${quote(name)} value='' word
  local -a before=("\${(@)words[2,CURRENT-1]}") candidates=() options=()
  # --name=value stands for two words.
  if [[ $PREFIX == --*=* ]]; then
    before+=("\${PREFIX%%=*}")
    compset -P '*='
  fi
  for word in "\${before[@]}"; do
    if [[ -n $value ]]; then value='' candidates=(); continue; fi
    case "$called $word" in
${stepCases(vocabulary)}
    esac
  done
  case $value in
    file) _files; return ;;
    any) return 1 ;;
    choices) _describe value candidates; return ;;
  esac
  case $called in
${candidateCases(vocabulary)}
  esac
  if [[ $PREFIX == -* ]]; then _describe -o option options; else _describe command candidates; fi
}
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function stepCases(vocabulary: readonly CompletedCommand[]): string {
  const { calls, values } = stepsOf(vocabulary);
  const lines = values.map(({ steps, value }) => `      ${patterns(steps)}) ${taking(value)} ;;`);
  return [`      ${patterns(calls)}) called="$called $word" ;;`, ...lines].join("\n");
}

function taking(value: OptionValue): string {
  if (value.kind !== "choices") return `value=${value.kind}`;
  return `value=choices candidates=(${value.words.map((word) => quote(escaped(word))).join(" ")})`;
}

function candidateCases(vocabulary: readonly CompletedCommand[]): string {
  const lines = vocabulary.flatMap(({ called, next, options }) => [
    `    ${quote(called)})`,
    `      candidates=(${next.map(described).join(" ")})`,
    `      options=(${options.flatMap(ofOption).map(described).join(" ")}) ;;`,
  ]);
  return lines.join("\n");
}

function ofOption({ names, description }: CompletedOption): Candidate[] {
  return names.map((word) => ({ word, description }));
}

function described({ word, description }: Candidate): string {
  return quote(`${escaped(word)}:${description}`);
}

/** A colon ends the word. */
function escaped(word: string): string {
  return word.replaceAll(/[\\:]/g, String.raw`\$&`);
}

function patterns(steps: readonly string[]): string {
  return steps.map(quote).join(" | ");
}
