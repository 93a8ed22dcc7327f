import { execFileSync, spawnSync } from "node:child_process";
import { Argument, Command, Option } from "commander";
import { describe, expect, test } from "vitest";
import type { Context } from "../context.ts";
import { everyCommand } from "../every-command.ts";
import { defineProgram } from "../program.ts";
import { pifleet as runPifleet } from "../testing/pifleet-process.ts";
import { bashCompletion } from "./bash.ts";
import { fishCompletion } from "./fish.ts";
import { vocabularyOf } from "./vocabulary.ts";
import { zshCompletion } from "./zsh.ts";

const program = defineProgram({} as Context);
const pifleet = vocabularyOf(program);

/** A program whose words and descriptions a shell would obey if it were let. */
function hostileProgram(): Command {
  const words = `it's "$(kill $$)" \`kill $$\` \\ : a`;
  const root = new Command("pifleet").description(words);
  root
    .command("eat")
    .description(words)
    .addArgument(new Argument("<what>", words).choices(["$(kill $$)", "it's"]))
    .addOption(new Option("--how <way>", words).choices(["`kill $$`", "so:so"]));
  return root;
}

const hostile = vocabularyOf(hostileProgram());

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ["--version"]).status === 0;
}

test("the scripts know every command and every option of the program", () => {
  expect(pifleet.map(({ called }) => called)).toEqual(["pifleet", ...everyCommand(program).map(([words]) => words)]);
  const options = everyCommand(program).flatMap(([, command]) => command.options);
  for (const completion of [bashCompletion, zshCompletion, fishCompletion]) {
    const script = completion("pifleet", pifleet);
    for (const { long } of options) expect(script).toContain(`'${long}`);
  }
});

test("pifleet completion prints the script of a shell, and knows no others", async () => {
  const [bash, other] = await Promise.all([runPifleet(["completion", "bash"]), runPifleet(["completion", "tcsh"])]);
  expect(bash).toMatchObject({ code: 0, stdout: bashCompletion("pifleet", pifleet), stderr: "" });
  expect(other).toMatchObject({ code: 2, stdout: "" });
  expect(other.stderr).toContain("Allowed choices are bash, zsh, fish.");
});

describe.runIf(isInstalled("bash"))("in Bash", () => {
  /** What Bash would offer for the last of these words. `compopt` tells it to complete names of files itself. */
  function offered(words: readonly string[], vocabulary = pifleet): string[] {
    const script = `${bashCompletion("pifleet", vocabulary)}
      compopt() { COMPREPLY=("compopt $*"); }
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      _pifleet
      complete -p pifleet >/dev/null && printf '%s\\n' "\${COMPREPLY[@]}"`;
    const args = ["--norc", "--noprofile", "-c", script, "bash", ...words];
    return execFileSync("bash", args, { encoding: "utf8" }).trim().split("\n");
  }

  test.each([
    ["a command", ["pifleet", "su"], ["submit"]],
    ["a command below another", ["pifleet", "webhooks", "rot"], ["rotate-secret"]],
    ["an option", ["pifleet", "submit", "--web"], ["--webhook", "--webhook-secret", "--webhook-events"]],
    ["an option of the program", ["pifleet", "--v"], ["--version"]],
    ["the value of an option", ["pifleet", "list", "--status", "ca"], ["cancelled"]],
    ["a value behind =", ["pifleet", "list", "--status", "=", "ca"], ["cancelled"]],
    [
      "a value of which nothing is typed",
      ["pifleet", "deliveries", "list", "--status", "="],
      ["pending", "delivered", "dead"],
    ],
    ["an argument", ["pifleet", "completion", "z"], ["zsh"]],
    ["a file", ["pifleet", "submit", "--batch", "ta"], ["compopt -o default"]],
    ["what only the user knows", ["pifleet", "submit", "--model", "--"], [""]],
    ["what stands behind a value", ["pifleet", "submit", "--model", "submit", "--ba"], ["--batch"]],
    ["what is no command", ["pifleet", "nonsense", "zz"], [""]],
  ])("it completes %s", (_what, words, expected) => {
    expect(offered(words)).toEqual(expected);
  });

  test("nothing that stands in the script is obeyed", () => {
    expect(offered(["pifleet", "eat", ""], hostile)).toEqual(["$(kill $$)", "it's"]);
    expect(offered(["pifleet", "eat", "--how", ""], hostile)).toEqual(["`kill $$`", "so:so"]);
  });
});

describe.runIf(isInstalled("fish"))("in fish", () => {
  function offered(line: string, vocabulary = pifleet): string[] {
    const script = `${fishCompletion("pifleet", vocabulary)}\ncomplete -C '${line}'`;
    const shown = execFileSync("fish", ["--no-config", "-c", script], { encoding: "utf8" });
    return shown
      .trim()
      .split("\n")
      .map((candidate) => candidate.split("\t")[0] ?? "");
  }

  test.each([
    ["a command", "pifleet su", ["submit"]],
    ["a command below another", "pifleet webhooks rot", ["rotate-secret"]],
    ["an option", "pifleet submit --web", ["--webhook", "--webhook-events", "--webhook-secret"]],
    ["a value", "pifleet list --status ca", ["cancelled"]],
    ["a value behind =", "pifleet list --status=ca", ["--status=cancelled"]],
    ["what only the user knows", "pifleet submit --model --", [""]],
  ])("it completes %s", (_what, line, expected) => {
    expect(offered(line)).toEqual(expected);
  });

  test("nothing that stands in the script is obeyed", () => {
    expect(offered("pifleet eat ", hostile)).toEqual(["$(kill $$)", "it's"]);
  });
});

describe.runIf(isInstalled("zsh"))("in Zsh", () => {
  test.each([
    ["pifleet", pifleet],
    ["one that must be quoted", hostile],
  ])("the script of a program is well formed: %s", (_which, vocabulary) => {
    const { status, stderr } = spawnSync("zsh", ["-n"], {
      input: zshCompletion("pifleet", vocabulary),
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});
