import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import { type ArtifactHolder, type ArtifactStore, type KnownHolder, newInvocationId } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";

const ABSENT = "0".repeat(64);

/**
 * What every store of artifacts keeps to.
 * @param open makes an empty store
 */
export function describeArtifactStoreConformance(name: string, open: () => Promise<ArtifactStore>): void {
  describe(`the artifacts ${name}`, () => {
    it("read back as they were put, whatever is in them", async () => {
      const store = await open();
      const holder = newHolder();
      for (const content of ["", "a", "\0\r\nä", "x".repeat(300_000)]) {
        const { bytes, sha256 } = await store.put(holder, chunks(content, 70_000));
        expect({ bytes, sha256 }).toEqual({ bytes: Buffer.byteLength(content), sha256: digest(content) });
        expect(await store.has(holder, sha256)).toBe(true);
        expect(await text(store.read(holder, sha256))).toBe(content);
      }
    });

    it("are read in part", async () => {
      const store = await open();
      const holder = newHolder();
      const { sha256 } = await store.put(holder, chunks("0123456789", 3));
      const part = (from: number, to: number) => text(store.read(holder, sha256, { from, to }));
      expect(await part(0, 1)).toBe("0");
      expect(await part(2, 5)).toBe("234");
      expect(await part(9, 10)).toBe("9");
      expect(await part(4, 4)).toBe("");
    });

    it("are their holder's, and nobody else's", async () => {
      const store = await open();
      const holder = newHolder();
      const { sha256 } = await store.put(holder, chunks("mine"));
      const others = [newHolder(), { ...holder, attempt: holder.attempt + 1 }];
      for (const other of others) {
        expect(await store.has(other, sha256)).toBe(false);
        await expect(text(store.read(other, sha256))).rejects.toThrow();
      }
      expect(await store.has(holder, ABSENT)).toBe(false);
    });

    it("may be put twice, and by two holders; what both have stays until the last one drops it", async () => {
      const store = await open();
      const [one, two] = [newHolder(), newHolder()];
      const { sha256 } = await store.put(one, chunks("shared"));
      for (const holder of [one, two]) await store.put(holder, chunks("shared"));
      await store.drop(one);
      await store.drop(one);
      expect(await store.has(one, sha256)).toBe(false);
      expect(await text(store.read(two, sha256))).toBe("shared");
      await store.drop(two);
      expect(await store.has(two, sha256)).toBe(false);
      expect(await store.put(two, chunks("shared"))).toEqual({ bytes: 6, sha256 });
    });

    it("stay whole when the same is put and dropped by many at once", async () => {
      const store = await open();
      const kept = Array.from({ length: 20 }, () => newHolder());
      const passing = Array.from({ length: 20 }, () => newHolder());
      await Promise.all([
        ...kept.map((holder) => store.put(holder, chunks("same"))),
        ...passing.map((holder) => store.put(holder, chunks("same")).then(() => store.drop(holder))),
      ]);
      for (const holder of kept) expect(await text(store.read(holder, digest("same")))).toBe("same");
    });

    it("are not there when the put was cut short", async () => {
      const store = await open();
      const holder = newHolder();
      async function* broken() {
        yield Buffer.from("half");
        throw new Error("cut short");
      }
      await expect(store.put(holder, broken())).rejects.toThrow("cut short");
      expect(await store.has(holder, digest("half"))).toBe(false);
      expect((await holdersOf(store)).map(({ id }) => id)).toEqual([]);
    });

    it("name all who have some, since when, and no longer once they have dropped it", async () => {
      const store = await open();
      expect(await holdersOf(store)).toEqual([]);
      const [gone, ...stayed] = [newHolder(), newHolder(2), newHolder(3)] as const;
      const before = Date.now() - 1_000;
      for (const holder of [gone, ...stayed]) await store.put(holder, chunks("content"));
      await store.drop(gone);
      const known = await holdersOf(store);
      expect(known.map(({ id, attempt }) => ({ id, attempt }))).toEqual(expect.arrayContaining(stayed));
      expect(known).toHaveLength(stayed.length);
      for (const { sinceMs } of known) expect(sinceMs).toBeGreaterThan(before);
    });

    it("lose nothing to a sweep", async () => {
      const store = await open();
      const holder = newHolder();
      const { sha256 } = await store.put(holder, chunks("stays"));
      await store.sweep(Date.now() + 60_000);
      expect(await text(store.read(holder, sha256))).toBe("stays");
    });

    it("leave nothing open when their reader goes away", async () => {
      const store = await open();
      const holder = newHolder();
      const { sha256 } = await store.put(holder, chunks("x".repeat(300_000)));
      for await (const chunk of store.read(holder, sha256)) {
        expect(chunk.byteLength).toBeGreaterThan(0);
        break;
      }
      await store.drop(holder);
      expect(await store.has(holder, sha256)).toBe(false);
    });
  });
}

function newHolder(attempt = 1): ArtifactHolder {
  return { id: newInvocationId(), attempt };
}

async function holdersOf(store: ArtifactStore): Promise<KnownHolder[]> {
  const known: KnownHolder[] = [];
  for await (const holder of store.holders()) known.push(holder);
  return known;
}

async function* chunks(content: string, size = 1_000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function digest(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}
