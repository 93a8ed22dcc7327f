/** One message of an event stream. */
export interface Message {
  readonly id: string;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** Reads an event stream message by message, and only as far as it is asked to. */
export class EventReader {
  readonly #chunks: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor(response: Response) {
    if (response.status !== 200 || !response.body) throw new Error(`no stream but ${response.status}`);
    this.#chunks = response.body.getReader();
  }

  /** The next message; `undefined` when the stream has ended. */
  async next(): Promise<Message | undefined> {
    for (;;) {
      const block = await this.#block();
      if (block === undefined) return undefined;
      const { id = "", event = "", data } = Object.fromEntries(block.split("\n").map(field));
      if (data !== undefined) return { id, event, data: JSON.parse(data) };
    }
  }

  /** All messages up to the end of the stream. */
  async rest(): Promise<Message[]> {
    const messages: Message[] = [];
    for (let message = await this.next(); message; message = await this.next()) messages.push(message);
    return messages;
  }

  /** Reads on until a block is `text`. */
  async until(text: string): Promise<void> {
    for (let block = await this.#block(); block !== text; block = await this.#block())
      if (block === undefined) throw new Error(`the stream ended before '${text}'`);
  }

  async cancel(): Promise<void> {
    await this.#chunks.cancel();
  }

  async #block(): Promise<string | undefined> {
    while (!this.#text.includes("\n\n")) {
      const { value, done } = await this.#chunks.read();
      if (done) return undefined;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
    const end = this.#text.indexOf("\n\n");
    const block = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 2);
    return block;
  }
}

function field(line: string): [string, string] {
  const colon = line.indexOf(": ");
  return [line.slice(0, colon), line.slice(colon + 2)];
}
