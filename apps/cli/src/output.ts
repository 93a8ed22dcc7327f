import { once } from "node:events";
import { styleText } from "node:util";
import { QuietSpinner } from "./quiet-spinner.ts";

export type Style = "bold" | "cyan" | "dim" | "green" | "magenta" | "red" | "yellow";

/** Puts a style around a text, or leaves it plain. */
export type Paint = (style: Style, text: string) => string;

export const paintNothing: Paint = (_style, text) => text;
export const paintColour: Paint = (style, text) => styleText(style, text, { validateStream: false });

const DEFAULT_COLUMNS = 100;

/** How long nothing is written before a person wants to be told what is waited for, milliseconds. */
const QUIET_MS = 500;
/** The same in the middle of a line, which has to be broken for it. */
const QUIET_MID_LINE_MS = 3_000;

/** What is waited for while nothing is written. */
export interface Wait {
  /** What to say about it now. */
  readonly describe: () => string;
  /** The text that ends the line that is being filled on standard output, if there is one. */
  readonly closeLine?: () => string;
}

/** Where a command writes: data to standard output, progress and complaints to standard error. */
export class Output {
  readonly #stdout: NodeJS.WriteStream;
  readonly #stderr: NodeJS.WriteStream;
  /** Styles for what goes to standard output. */
  readonly paint: Paint;
  /** Styles for what goes to standard error. */
  readonly progressPaint: Paint;
  /** Whether a person is shown on standard error what is waited for. */
  readonly showsWaiting: boolean;
  #spinner: QuietSpinner | undefined;

  constructor(
    stdout: NodeJS.WriteStream,
    stderr: NodeJS.WriteStream,
    options: { readonly colour: boolean; readonly spinner: boolean },
  ) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.paint = options.colour && stdout.isTTY ? paintColour : paintNothing;
    this.progressPaint = options.colour && stderr.isTTY ? paintColour : paintNothing;
    this.showsWaiting = options.spinner && stderr.isTTY === true;
  }

  /** Whether a person reads standard output. */
  get isTerminal(): boolean {
    return this.#stdout.isTTY === true;
  }

  get columns(): number {
    return this.#stdout.columns ?? DEFAULT_COLUMNS;
  }

  /** Does what takes its time. While nothing is written meanwhile, a terminal shows what is waited for. */
  async whileWaiting<T>({ describe, closeLine }: Wait, act: () => Promise<T>): Promise<T> {
    if (!this.showsWaiting) return act();
    const beforeShown = () => void (this.isTerminal && closeLine && this.#stdout.write(closeLine()));
    this.#spinner = new QuietSpinner(this.#stderr, { describe, beforeShown });
    this.#spinner.giveWay(QUIET_MS);
    try {
      return await act();
    } finally {
      this.#spinner.stop();
      this.#spinner = undefined;
    }
  }

  /** Writes text to standard output as it is. */
  write(text: string): void {
    if (text !== "") this.#to(this.#stdout, text);
  }

  /** Writes bytes to standard output as they are; resolves when there is room for more. */
  async bytes(chunk: Uint8Array): Promise<void> {
    if (!this.#to(this.#stdout, chunk)) await once(this.#stdout, "drain");
  }

  /** Writes a line to standard output. */
  line(text: string): void {
    this.#to(this.#stdout, `${text}\n`);
  }

  /** Writes a value to standard output as one line of JSON. */
  json(value: unknown): void {
    this.line(JSON.stringify(value));
  }

  /** Writes a line to standard error. */
  progress(text: string): void {
    this.#to(this.#stderr, `${text}\n`);
  }

  #to(stream: NodeJS.WriteStream, text: string | Uint8Array): boolean {
    const isMidLine = this.isTerminal && typeof text === "string" && !text.endsWith("\n");
    this.#spinner?.giveWay(isMidLine ? QUIET_MID_LINE_MS : QUIET_MS);
    return stream.write(text);
  }
}
