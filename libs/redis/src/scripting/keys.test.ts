import { newInvocationId } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { makeKeys } from "./keys.ts";

const keys = makeKeys("pifleet");
const id = newInvocationId();

describe("the keys", () => {
  it("hold one hash tag, the shard's, so that they share a slot of a cluster", () => {
    const all = [
      ...Object.values(keys).filter((key) => typeof key === "string"),
      ...[keys.record, keys.events, keys.spans, keys.changes].map((key) => key(id)),
      keys.journal(id, 1),
      keys.idempotency("{1}", "{2}"),
      keys.leader("{1}"),
      keys.apiKey("key_{1}"),
      keys.apiKeyRate("key_{1}"),
      keys.index("queued", "{1}"),
      keys.webhooks("{1}"),
      keys.delivery("dlv_{1}"),
      keys.deliveriesIn("pending", "{1}", "whk_{1}"),
      keys.deliveriesOf(id, "{1}"),
    ];
    expect(all.map((key) => /\{(.*?)\}/.exec(key)?.[1])).toEqual(all.map(() => "0"));
  });

  it("differ for whatever tenants and keys of clients hold", () => {
    expect(keys.idempotency("a:b", "c")).not.toBe(keys.idempotency("a", "b:c"));
    expect(keys.index("all", "queued:a")).not.toBe(keys.index("queued", "a"));
    expect(keys.deliveriesIn("dead", "whk_1:a")).not.toBe(keys.deliveriesIn("dead", "a", "whk_1"));
  });

  it("begin an index with the prefix that the scripts are given", () => {
    expect(keys.index("all", "acme")).toBe(`${keys.indexPrefix}all:acme`);
  });

  it("take no prefix that would move the hash tag", () => {
    expect(() => makeKeys("a{b}")).toThrow(RangeError);
  });
});
