import { quote } from "./quote.ts";
import { stepsOf } from "./steps.ts";
import type { CompletedCommand, OptionValue } from "./vocabulary.ts";

/**
 * The completion for Bash. Bash cuts a word at `=`, so that `--name=value` comes as three. Names of files are left to
 * Bash itself, which knows how to quote them.
 */
export function bashCompletion(name: string, vocabulary: readonly CompletedCommand[]): string {
  return `# Completes ${name} in Bash: source <(${name} completion bash)
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} called=${quote(name)} value='' word index
  local -a candidates=() options=()
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ $word == '=' ]]; then continue; fi
    if [[ -n $value ]]; then value='' candidates=(); continue; fi
    case "$called $word" in
${stepCases(vocabulary)}
    esac
  done
  if [[ $current == '=' ]]; then current=''; fi
  if [[ $value == file ]]; then compopt -o default 2>/dev/null; return; fi
  if [[ -z $value ]]; then
    case $called in
${candidateCases(vocabulary)}
    esac
    if [[ $current == -* ]]; then candidates=("\${options[@]}"); fi
  fi
  for word in "\${candidates[@]}"; do
    if [[ $word == "$current"* ]]; then COMPREPLY+=("$word"); fi
  done
}
complete -F _${name} ${name}
`;
}

function stepCases(vocabulary: readonly CompletedCommand[]): string {
  const { calls, values } = stepsOf(vocabulary);
  const lines = values.map(({ steps, value }) => `      ${patterns(steps)}) ${taking(value)} ;;`);
  return [`      ${patterns(calls)}) called="$called $word" ;;`, ...lines].join("\n");
}

function taking(value: OptionValue): string {
  return value.kind === "choices" ? `value=choices candidates=(${words(value.words)})` : `value=${value.kind}`;
}

function candidateCases(vocabulary: readonly CompletedCommand[]): string {
  const lines = vocabulary.map(({ called, next, options }) => {
    const names = options.flatMap((option) => option.names);
    return `      ${quote(called)}) candidates=(${words(next.map(({ word }) => word))}) options=(${words(names)}) ;;`;
  });
  return lines.join("\n");
}

function patterns(steps: readonly string[]): string {
  return steps.map(quote).join(" | ");
}

function words(all: readonly string[]): string {
  return all.map(quote).join(" ");
}
