import { expect, it } from "vitest";
import { bytesField, varintField, WireMessage } from "./wire.ts";

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

it("a message is read as the format's own description encodes it", () => {
  // The examples of https://protobuf.dev/programming-guides/encoding/
  expect(new WireMessage(bytes("08 96 01")).number(1)).toBe(150n);
  expect(new WireMessage(bytes("12 07 74 65 73 74 69 6e 67")).text(2)).toBe("testing");
  expect(new WireMessage(bytes("1a 03 08 96 01")).messages(3).map((inner) => inner.number(1))).toEqual([150n]);
  expect(new WireMessage(bytes("08 fe ff ff ff ff ff ff ff ff 01")).number(1)).toBe(BigInt.asUintN(64, -2n));
});

it("fixed fields are little-endian, also as doubles", () => {
  expect(new WireMessage(bytes("09 00 00 00 00 00 00 f8 3f")).double(1)).toBe(1.5);
  expect(new WireMessage(bytes("0d 01 00 00 00")).number(1)).toBe(1n);
});

it("a field that is there twice is a list, and its last value where one is wanted", () => {
  const message = new WireMessage(bytes("0a 01 61 0a 01 62"));
  expect(message.text(1)).toBe("b");
  expect(new WireMessage(bytes("0a 02 08 01 0a 02 08 02")).messages(1)).toHaveLength(2);
});

it("what is absent is nothing", () => {
  const message = new WireMessage(new Uint8Array());
  expect([message.number(1), message.text(2), message.hex(3), message.messages(4), message.has(5)]).toEqual([
    0n,
    "",
    "",
    [],
    false,
  ]);
});

it("what is no message is refused", () => {
  for (const broken of ["08", "0a 05 61", "09 00", "0b"]) {
    expect(() => new WireMessage(bytes(broken))).toThrow(RangeError);
  }
});

it("fields are written as they are read", () => {
  const written = new WireMessage(Buffer.concat([varintField(1, 70_000), bytesField(2, Buffer.from("x".repeat(300)))]));
  expect([written.number(1), written.text(2).length]).toEqual([70_000n, 300]);
});
