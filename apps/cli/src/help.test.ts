import type { Command } from "commander";
import { expect, test } from "vitest";
import type { Context } from "./context.ts";
import { everyCommand } from "./every-command.ts";
import { defineProgram } from "./program.ts";

/** What `--help` prints. */
function helpOf(command: Command): string {
  let help = "";
  const writeOut = (text: string) => {
    help += text;
  };
  command.configureOutput({ writeOut });
  command.outputHelp();
  return help;
}

test.each(everyCommand(defineProgram({} as Context)))(
  "%s --help says what it does and shows an example",
  (words, command) => {
    const help = helpOf(command);
    expect(command.description()).not.toBe("");
    for (const { flags, description } of command.options) expect([flags, description]).not.toContain("");
    const examples = help.split(/\nExamples?:\n/)[1] ?? "";
    expect(examples).toMatch(/^ {2}\$ .*pifleet /);
    expect(examples).toContain(words);
  },
);
