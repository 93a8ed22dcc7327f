import { Writable } from "node:stream";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what a terminal understands
const TOKEN = /\u001b\[([?\d;]*)([A-Za-z])|\r|\n|[^\u001b\r\n]+/g;

/** What a person sees on a terminal, as far as lines and the cursor go. Colours are not kept. */
export class Screen {
  readonly #lines = [""];
  #row = 0;
  #column = 0;
  isCursorVisible = true;

  /** Takes what a program has written. Sequences must come whole. */
  write(text: string): void {
    for (const [token, argument = "", command] of text.matchAll(TOKEN)) {
      if (command !== undefined) this.#obey(command, argument);
      else if (token === "\n") this.#moveTo(this.#row + 1, 0);
      else if (token === "\r") this.#column = 0;
      else this.#put(token);
    }
  }

  /** All its lines, the empty last one included. */
  get text(): string {
    return this.#lines.map((line) => line.trimEnd()).join("\n");
  }

  #put(text: string): void {
    const line = (this.#lines[this.#row] ?? "").padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + text + line.slice(this.#column + text.length);
    this.#column += text.length;
  }

  #obey(command: string, argument: string): void {
    if (command === "G") this.#column = Number(argument || 1) - 1;
    if (command === "A") this.#moveTo(this.#row - Number(argument || 1), this.#column);
    if (command === "K") this.#lines[this.#row] = (this.#lines[this.#row] ?? "").slice(0, this.#column);
    if (argument === "?25") this.isCursorVisible = command === "h";
  }

  #moveTo(row: number, column: number): void {
    this.#row = row;
    this.#column = column;
    this.#lines[row] ??= "";
  }
}

/** A stream that takes itself for a terminal with this screen. */
export function terminalStream(screen: Screen, columns = 80): NodeJS.WriteStream {
  const stream = new Writable({
    decodeStrings: false,
    write: (text: string, _encoding, done) => {
      screen.write(text);
      done();
    },
  });
  return Object.assign(stream, {
    ...{ isTTY: true, columns },
    cursorTo: (column: number) => stream.write(`\u001b[${column + 1}G`),
    moveCursor: (_columns: number, rows: number) => stream.write(`\u001b[${-rows}A`),
    clearLine: () => stream.write("\u001b[0K"),
  }) as unknown as NodeJS.WriteStream;
}
