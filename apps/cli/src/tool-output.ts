import type { Paint } from "./output.ts";
import { oneLine, plainText } from "./plain-text.ts";

const MOST_LINES = 20;
const LONGEST_LINE = 160;
const LONGEST_ARGUMENT = 60;
const LONGEST_ARGUMENTS = 120;

/** The arguments of a tool call on one line: `path="a.txt" content="Hello…"`. */
export function formatArguments(value: unknown): string {
  const fields = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (fields.length === 0) return value === undefined ? "" : oneLine(JSON.stringify(value) ?? "", LONGEST_ARGUMENTS);
  const shown = fields.map(([name, field]) => `${name}=${oneLine(JSON.stringify(field) ?? "", LONGEST_ARGUMENT)}`);
  return oneLine(shown.join(" "), LONGEST_ARGUMENTS);
}

/**
 * The output of one tool call as it comes: whole lines only, set in, and no more than the first twenty.
 * Every method returns the text to show now.
 */
export class ToolOutput {
  readonly #paint: Paint;
  #partial = "";
  #shown = 0;
  #hidden = 0;
  #lastLine = "";

  constructor(paint: Paint) {
    this.#paint = paint;
  }

  /** Takes what is new in the output. */
  push(text: string): string {
    const lines = (this.#partial + text).split(/\r?\n/);
    this.#partial = lines.pop() ?? "";
    return this.#show(lines);
  }

  /** The call has ended; `text` is its whole result, which is shown when no output came before it. */
  end(text: string, isError: boolean): string {
    const rest = this.#shown + this.#hidden === 0 && this.#partial === "" ? text.split(/\r?\n/) : [this.#partial];
    const shown = this.#show(rest.at(-1) === "" ? rest.slice(0, -1) : rest);
    const more = this.#hidden === 0 ? "" : this.#line(`… ${this.#hidden} more lines`);
    return shown + more + (isError ? this.#reason(text) : "");
  }

  /** What a failed tool says last, such as its exit code, unless it stands there already. */
  #reason(text: string): string {
    const last = text.trimEnd().split(/\r?\n/).at(-1) ?? "";
    return last === "" || (last === this.#lastLine && this.#hidden === 0) ? "" : this.#line(last);
  }

  #show(lines: readonly string[]): string {
    const shown = lines.slice(0, MOST_LINES - this.#shown);
    this.#shown += shown.length;
    this.#hidden += lines.length - shown.length;
    this.#lastLine = shown.at(-1) ?? this.#lastLine;
    return shown.map((line) => this.#line(line)).join("");
  }

  #line(text: string): string {
    const plain = plainText(text).replaceAll("\n", " ");
    const cut = plain.length <= LONGEST_LINE ? plain : `${plain.slice(0, LONGEST_LINE - 1)}…`;
    return `${this.#paint("dim", `  │ ${cut}`)}\n`;
  }
}
