import { type Redactor, type RunnerRecord, StreamRedactor, WholeCharacters, wellFormed } from "@pifleet/invocation";

type Piece = Extract<RunnerRecord, { type: "message.delta" | "tool.output" }>;

/** Maximum texts that arrive in pieces at the same time; with more, the oldest is passed on as it is. */
const MOST_STREAMS = 64;

interface Stream {
  readonly characters: WholeCharacters;
  readonly stream: StreamRedactor;
  readonly last: Piece;
}

/**
 * Takes secrets out of everything that a runner reports, before anything else sees it, and makes its texts well-formed.
 * Texts that arrive in pieces
 * are redacted across the pieces, which holds their last words back until more has come.
 */
export class RecordRedactor {
  readonly #redactor: Redactor;
  readonly #streams = new Map<string, Stream>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Returns the records to pass on now: what was held back before this record, then the record itself, redacted. */
  redact(record: RunnerRecord): RunnerRecord[] {
    switch (record.type) {
      case "ready":
      case "heartbeat":
        return [record];
      case "message.delta":
        return this.#piece(record.channel, record);
      case "tool.output":
        return this.#piece(callKey(record), record);
      case "tool.ended":
        return [...this.#rest(callKey(record)), this.#clean(record)];
      default:
        return [...this.#rest("thinking"), ...this.#rest("text"), this.#clean(record)];
    }
  }

  #clean(record: RunnerRecord): RunnerRecord {
    return this.#redactor.value(wellFormed(record));
  }

  /** The runner is gone: whatever is still held back. */
  end(): RunnerRecord[] {
    return [...this.#streams.keys()].flatMap((key) => this.#rest(key));
  }

  #piece(key: string, record: Piece): RunnerRecord[] {
    const oldest = this.#streams.size < MOST_STREAMS ? undefined : this.#streams.keys().next().value;
    const before = oldest === undefined || this.#streams.has(key) ? [] : this.#rest(oldest);
    const { characters, stream } = this.#streams.get(key) ?? this.#open();
    // Its other fields are shown as well.
    const last = wellFormed({ ...record, text: "" });
    this.#streams.set(key, { characters, stream, last });
    const text = stream.push(characters.push(record.text));
    return text === "" ? before : [...before, { ...last, text }];
  }

  #open(): Pick<Stream, "characters" | "stream"> {
    return { characters: new WholeCharacters(), stream: new StreamRedactor(this.#redactor) };
  }

  #rest(key: string): RunnerRecord[] {
    const held = this.#streams.get(key);
    if (!held) return [];
    this.#streams.delete(key);
    const text = held.stream.push(held.characters.end()) + held.stream.end();
    return text === "" ? [] : [{ ...held.last, text }];
  }
}

/** Apart from the names of the channels, whatever a call is called. */
function callKey({ callId }: { readonly callId: string }): string {
  return `call ${callId}`;
}
