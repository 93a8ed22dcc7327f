const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

type FieldValue = bigint | Uint8Array;

/** A protobuf message as it goes over the wire (https://protobuf.dev/programming-guides/encoding/): fields by number. */
export class WireMessage {
  readonly #fields = new Map<number, FieldValue[]>();

  /** @throws {RangeError} when it ends in the middle of a field, or is no message at all */
  constructor(bytes: Uint8Array) {
    const reader = new WireReader(bytes);
    while (!reader.isAtEnd) {
      const [number, value] = reader.field();
      this.#fields.set(number, [...(this.#fields.get(number) ?? []), value]);
    }
  }

  has(field: number): boolean {
    return this.#fields.has(field);
  }

  /** The number of a varint or of a fixed field; 0 when there is none, as the format has it. */
  number(field: number): bigint {
    const value = this.#fields.get(field)?.at(-1) ?? 0n;
    if (typeof value !== "bigint") throw new RangeError(`Field ${field} is no number`);
    return value;
  }

  /** What the bits of a fixed field of 64 bits are as a double. */
  double(field: number): number {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, this.number(field));
    return view.getFloat64(0);
  }

  text(field: number): string {
    return new TextDecoder("utf-8", { fatal: true }).decode(this.#bytes(field).at(-1));
  }

  hex(field: number): string {
    return Buffer.from(this.#bytes(field).at(-1) ?? []).toString("hex");
  }

  messages(field: number): WireMessage[] {
    return this.#bytes(field).map((bytes) => new WireMessage(bytes));
  }

  #bytes(field: number): Uint8Array[] {
    return (this.#fields.get(field) ?? []).map((value) => {
      if (typeof value === "bigint") throw new RangeError(`Field ${field} is a number`);
      return value;
    });
  }
}

class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  field(): [number: number, value: FieldValue] {
    const tag = this.#varint();
    return [Number(tag >> 3n), this.#value(Number(tag & 7n))];
  }

  #value(wireType: number): FieldValue {
    switch (wireType) {
      case WIRE.varint:
        return this.#varint();
      case WIRE.fixed64:
        return this.#view.getBigUint64(this.#advance(8), true);
      case WIRE.fixed32:
        return BigInt(this.#view.getUint32(this.#advance(4), true));
      case WIRE.bytes: {
        const length = Number(this.#varint());
        const from = this.#advance(length);
        return this.#bytes.subarray(from, from + length);
      }
      default:
        throw new RangeError(`There is no wire type ${wireType}`);
    }
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#view.getUint8(this.#advance(1));
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  }

  #advance(bytes: number): number {
    const from = this.#at;
    if (from + bytes > this.#bytes.length) throw new RangeError("The message ends in the middle of a field");
    this.#at += bytes;
    return from;
  }
}

/** A field that holds a number of 0 or more. */
export function varintField(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint((field << 3) | WIRE.varint), ...varint(value)]);
}

/** A field that holds a text or a message. */
export function bytesField(field: number, value: Uint8Array): Uint8Array {
  return Uint8Array.from([...varint((field << 3) | WIRE.bytes), ...varint(value.length), ...value]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];
}
