import { once } from "node:events";
import { styleText } from "node:util";

export type Style = "bold" | "cyan" | "dim" | "green" | "magenta" | "red" | "yellow";

/** Puts a style around a text, or leaves it plain. */
export type Paint = (style: Style, text: string) => string;

export const paintNothing: Paint = (_style, text) => text;
export const paintColour: Paint = (style, text) => styleText(style, text, { validateStream: false });

const DEFAULT_COLUMNS = 100;

/** Where a command writes: data to standard output, progress and complaints to standard error. */
export class Output {
  readonly #stdout: NodeJS.WriteStream;
  readonly #stderr: NodeJS.WriteStream;
  /** Styles for what goes to standard output. */
  readonly paint: Paint;
  /** Styles for what goes to standard error. */
  readonly progressPaint: Paint;

  constructor(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream, options: { colour: boolean }) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.paint = options.colour && stdout.isTTY ? paintColour : paintNothing;
    this.progressPaint = options.colour && stderr.isTTY ? paintColour : paintNothing;
  }

  /** Whether a person reads standard output. */
  get isTerminal(): boolean {
    return this.#stdout.isTTY === true;
  }

  get columns(): number {
    return this.#stdout.columns ?? DEFAULT_COLUMNS;
  }

  /** Writes text to standard output as it is. */
  write(text: string): void {
    if (text !== "") this.#stdout.write(text);
  }

  /** Writes bytes to standard output as they are; resolves when there is room for more. */
  async bytes(chunk: Uint8Array): Promise<void> {
    if (!this.#stdout.write(chunk)) await once(this.#stdout, "drain");
  }

  /** Writes a line to standard output. */
  line(text: string): void {
    this.#stdout.write(`${text}\n`);
  }

  /** Writes a value to standard output as one line of JSON. */
  json(value: unknown): void {
    this.line(JSON.stringify(value));
  }

  /** Writes a line to standard error. */
  progress(text: string): void {
    this.#stderr.write(`${text}\n`);
  }
}
