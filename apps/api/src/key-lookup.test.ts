import { UnavailableError } from "@pifleet/invocation";
import { sampleApiKey } from "@pifleet/testkit/samples";
import { describe, expect, it, vi } from "vitest";
import { KeyLookup } from "./key-lookup.ts";

const key = sampleApiKey();
const unknown = sampleApiKey().id;

function lookUp() {
  const clock = { ms: 0 };
  const get = vi.fn(async (id: string) => (id === key.id ? key : null));
  return { clock, get, lookup: new KeyLookup({ get }, () => clock.ms) };
}

describe("looking keys up", () => {
  it("asks once a second, for keys that are there and for those that are not", async () => {
    const { clock, get, lookup } = lookUp();
    for (const ms of [0, 500, 999]) {
      clock.ms = ms;
      expect([await lookup.get(key.id), await lookup.get(unknown)]).toEqual([key, null]);
    }
    expect(get).toHaveBeenCalledTimes(2);
    clock.ms = 1_000;
    await lookup.get(key.id);
    expect(get).toHaveBeenCalledTimes(3);
  });

  it("counts the second from when it asked, not from when it was answered", async () => {
    const { clock, get, lookup } = lookUp();
    const answer = lookup.get(key.id);
    clock.ms = 900;
    await answer;
    clock.ms = 1_000;
    await lookup.get(key.id);
    expect(get).toHaveBeenCalledTimes(2);
  });

  it("asks once for all who want to know at the same time", async () => {
    const { get, lookup } = lookUp();
    const answers = await Promise.all(Array.from({ length: 100 }, () => lookup.get(key.id)));
    expect(new Set(answers)).toEqual(new Set([key]));
    expect(get).toHaveBeenCalledTimes(1);
  });

  it("remembers no failure", async () => {
    const { get, lookup } = lookUp();
    get.mockRejectedValueOnce(new UnavailableError("away"));
    await expect(lookup.get(key.id)).rejects.toBeInstanceOf(UnavailableError);
    expect(await lookup.get(key.id)).toBe(key);
  });

  it("does not forget a good key over any number of wrong ones", async () => {
    const { get, lookup } = lookUp();
    await lookup.get(key.id);
    for (let i = 0; i < 20_000; i += 1) await lookup.get(`key_${String(i).padStart(26, "0")}`);
    get.mockClear();
    expect(await lookup.get(key.id)).toBe(key);
    expect(get).not.toHaveBeenCalled();
    await lookup.get(`key_${"0".repeat(26)}`);
    expect(get).toHaveBeenCalledTimes(1);
  });
});
