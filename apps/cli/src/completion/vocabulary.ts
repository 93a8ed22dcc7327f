import { type Command, Help, type Option } from "commander";
import { everyCommand } from "../every-command.ts";

/** A word that can come next. */
export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** What stands behind an option: a file or a directory, one of some words, or what only the user knows. */
export type OptionValue =
  | { readonly kind: "file" }
  | { readonly kind: "choices"; readonly words: readonly string[] }
  | { readonly kind: "any" };

export interface CompletedOption {
  /** As they are typed: `-h`, `--help`. */
  readonly names: readonly string[];
  readonly description: string;
  /** `undefined` for one that takes no value. */
  readonly value: OptionValue | undefined;
}

/** What can follow a command. */
export interface CompletedCommand {
  /** The words that call it: `pifleet webhooks list`. */
  readonly called: string;
  /** The commands below it, or the words that its first argument can be. */
  readonly next: readonly Candidate[];
  readonly options: readonly CompletedOption[];
}

/** What values that are paths are called in the help. */
const PATH_VALUE = /[<[](path|directory)\b/;

/** The words of a whole program, from the commands and options that it defines. */
export function vocabularyOf(program: Command): CompletedCommand[] {
  const help = new Help();
  const all = [[program.name(), program] as const, ...everyCommand(program)];
  return all.map(([called, command]) => ({
    called,
    next: [...help.visibleCommands(command).map(asCandidate), ...firstArgument(command)],
    options: help.visibleOptions(command).map(asOption),
  }));
}

function asCandidate(command: Command): Candidate {
  return { word: command.name(), description: command.description() };
}

function firstArgument({ registeredArguments: [first] }: Command): Candidate[] {
  return first?.argChoices?.map((word) => ({ word, description: first.description })) ?? [];
}

function asOption(option: Option): CompletedOption {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  return { names, description: option.description, value: takenBy(option) };
}

function takenBy({ required, optional, argChoices, flags }: Option): OptionValue | undefined {
  if (!required && !optional) return undefined;
  if (argChoices) return { kind: "choices", words: argChoices };
  return { kind: PATH_VALUE.test(flags) ? "file" : "any" };
}
