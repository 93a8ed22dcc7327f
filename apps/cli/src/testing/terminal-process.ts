import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { LAUNCHER } from "./pifleet-process.ts";
import { Screen } from "./screen.ts";

/** Whether the `script` of util-linux is here, which runs a program on a terminal of its own. */
export function hasTerminals(): boolean {
  return String(spawnSync("script", ["--version"]).stdout).includes("util-linux");
}

/** The program `pifleet` on a real terminal, where a person sees its output. */
export class TerminalProcess {
  readonly screen = new Screen();
  /** Resolves with the exit code when it has ended and all its output was read. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  #rest = "";

  /** @param command what a shell runs there, in which `pifleet` is the program */
  constructor(command: string, env: Readonly<Record<string, string>>) {
    const shell = `pifleet() { '${process.execPath}' '${LAUNCHER}' "$@"; }; ${command}`;
    const child = spawn("script", ["--quiet", "--return", "--command", shell, "/dev/null"], {
      env: { ...process.env, SHELL: "/bin/sh", TERM: "xterm", CI: undefined, PIFLEET_API_KEY: undefined, ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => this.#take(text));
    this.#child = child;
    this.ended = once(child, "close").then(([code]) => code);
  }

  /** Resolves when its screen shows this. @throws when it ends without having done so */
  async shows(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.screen.text)) {
      const more = once(this.#child.stdout as NodeJS.ReadableStream, "data");
      const hasEnded = await Promise.race([more.then(() => false), this.ended.then(() => true)]);
      if (hasEnded && !pattern.test(this.screen.text)) throw new Error(`It ended with ${this.screen.text}`);
    }
  }

  /** Types on its keyboard. */
  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** A control sequence may come in two parts. */
  #take(text: string): void {
    const all = this.#rest + text;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences begin with one
    const cut = all.search(/\u001b(\[[?\d;]*)?$/);
    this.#rest = cut === -1 ? "" : all.slice(cut);
    this.screen.write(cut === -1 ? all : all.slice(0, cut));
  }
}
