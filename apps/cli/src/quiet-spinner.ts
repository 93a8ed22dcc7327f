import yoctoSpinner from "yocto-spinner";
import { oneLine } from "./plain-text.ts";

/** How often the text is asked for again while it is shown. */
const REFRESH_MS = 100;

/** What stands beside the text on its line: the spinner, a space, and the `^C` with which a terminal echoes Ctrl-C. */
const BESIDE = 4;
const DEFAULT_COLUMNS = 80;

export interface QuietSpinnerOptions {
  /** Returns the text to show now. */
  readonly describe: () => string;
  /** Is called just before the line turns up. */
  readonly beforeShown?: () => void;
}

/**
 * A line on a terminal that turns up when nothing else was written for a while, and that is gone again before anything
 * is. The cursor is hidden only while the line is there, and comes back however the process exits.
 */
export class QuietSpinner {
  readonly #stream: NodeJS.WriteStream;
  readonly #options: QuietSpinnerOptions;
  readonly #spinner: ReturnType<typeof yoctoSpinner>;
  readonly #onExit = () => this.stop();
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream, options: QuietSpinnerOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#spinner = yoctoSpinner({ stream, handleSignals: false });
    process.on("exit", this.#onExit);
  }

  /** Takes the line away, for something else to be written; it comes back `quietMs` milliseconds after the last call. */
  giveWay(quietMs: number): void {
    this.#hide();
    this.#timer = setTimeout(() => this.#show(), quietMs);
  }

  /** Takes the line away for good. */
  stop(): void {
    this.#hide();
    process.off("exit", this.#onExit);
  }

  #show(): void {
    this.#options.beforeShown?.();
    this.#spinner.start(this.#text());
    this.#timer = setInterval(() => {
      const text = this.#text();
      // To set it draws it.
      if (text !== this.#spinner.text) this.#spinner.text = text;
    }, REFRESH_MS);
  }

  #hide(): void {
    clearTimeout(this.#timer);
    this.#spinner.stop();
  }

  /** It must fit on its line: a terminal that has wrapped it would keep some of it when it gets narrower. */
  #text(): string {
    return oneLine(this.#options.describe(), (this.#stream.columns || DEFAULT_COLUMNS) - BESIDE);
  }
}
