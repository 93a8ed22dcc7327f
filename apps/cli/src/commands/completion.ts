import { Argument, type Command } from "commander";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { vocabularyOf } from "../completion/vocabulary.ts";
import { zshCompletion } from "../completion/zsh.ts";
import type { Context } from "../context.ts";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

type Shell = keyof typeof SCRIPTS;

const HELP = `
The script knows the commands and options of this very version, and starts nothing when it completes.

Examples:
  $ source <(pifleet completion bash)                # in ~/.bashrc
  $ source <(pifleet completion zsh)                 # in ~/.zshrc, behind compinit
  $ pifleet completion fish > ~/.config/fish/completions/pifleet.fish`;

export function defineCompletion(program: Command, { output }: Context): void {
  program
    .command("completion")
    .description("print a script that lets the Tab key complete commands and options")
    .addArgument(new Argument("<shell>", "the shell that is to load it").choices(Object.keys(SCRIPTS)))
    .addHelpText("after", HELP)
    .action((shell: Shell) => output.write(SCRIPTS[shell](program.name(), vocabularyOf(program))));
}
