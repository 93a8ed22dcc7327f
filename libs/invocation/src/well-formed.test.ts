import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WholeCharacters, wellFormed } from "./well-formed.ts";

const units = fc.array(fc.constantFrom("a", "é", "\ud83d", "\ude00", "😀"), { maxLength: 12 });

describe("well-formed texts", () => {
  it("hold no halves of pairs, at any depth and in names", () => {
    expect(wellFormed({ "a\ud800": ["\udc00", 1, null, { b: "😀" }] })).toEqual({
      "a\ufffd": ["\ufffd", 1, null, { b: "😀" }],
    });
  });

  it("come out of pieces as of the whole, and each piece is one", () => {
    fc.assert(
      fc.property(units, (pieces) => {
        const characters = new WholeCharacters();
        const passed = [...pieces.map((piece) => characters.push(piece)), characters.end()];
        expect(passed.every((piece) => piece.isWellFormed())).toBe(true);
        expect(passed.join("")).toBe(pieces.join("").toWellFormed());
      }),
    );
  });
});
