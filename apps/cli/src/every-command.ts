import type { Command } from "commander";

/** A command, with the words that call it: `pifleet webhooks list`. */
export type CalledCommand = readonly [words: string, command: Command];

/** All commands below this one, each before its own. */
export function everyCommand(command: Command, words: string = command.name()): CalledCommand[] {
  return command.commands.flatMap((sub): CalledCommand[] => {
    const called = `${words} ${sub.name()}`;
    return [[called, sub], ...everyCommand(sub, called)];
  });
}
