import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { DamagedArtifactError, verifiedContent } from "./verified-content.ts";

const CONTENT = Buffer.from(Array.from({ length: 1_000 }, (_, i) => i % 251));
const artifact = { path: "a", bytes: CONTENT.length, sha256: createHash("sha256").update(CONTENT).digest("hex") };

/** The bytes in pieces of this length. */
async function* pieces(bytes: Buffer, length: number) {
  for (let i = 0; i < bytes.length; i += length) yield bytes.subarray(i, i + length);
}

describe("a content that is verified", () => {
  it.each([1, 7, 100, 999, 1_000, 5_000])("is passed on whole and in parts, in pieces of %i bytes", async (length) => {
    for (const [from, to] of [
      [0, 1_000],
      [0, 1],
      [999, 1_000],
      [100, 200],
      [250, 750],
      [5, 5],
    ] as const) {
      const read = verifiedContent(pieces(CONTENT, length), artifact, { from, to });
      expect(await buffer(Readable.from(read))).toEqual(CONTENT.subarray(from, to));
    }
  });

  it.each([
    ["other bytes", Buffer.alloc(1_000)],
    ["fewer", CONTENT.subarray(0, 900)],
    ["more", Buffer.concat([CONTENT, Buffer.from("x")])],
    ["none", Buffer.alloc(0)],
  ])("is never passed on whole when it has %s than it must", async (_, forged) => {
    const passed: Uint8Array[] = [];
    const read = async () => {
      for await (const piece of verifiedContent(pieces(forged, 64), artifact, { from: 0, to: 1_000 }))
        passed.push(piece);
    };
    await expect(read()).rejects.toBeInstanceOf(DamagedArtifactError);
    expect(Buffer.concat(passed).length).toBeLessThan(Math.max(1, forged.length));
  });
});
