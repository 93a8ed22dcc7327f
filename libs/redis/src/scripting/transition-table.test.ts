import { nextStatus, Status, TerminalStatus, TRANSITIONS } from "@pifleet/invocation";
import { Redis } from "ioredis";
import { afterAll, describe, expect, it } from "vitest";
import { TEST_REDIS_URL } from "../testing/own-keys.ts";
import "../index.ts";
import { definedScripts } from "./script.ts";
import { ENDING, transitionsAsLua } from "./transition-table.ts";

describe("the transitions of the scripts", () => {
  const redis = new Redis(TEST_REDIS_URL, { lazyConnect: true });
  afterAll(() => redis.disconnect());

  it("are those of the state machine", async () => {
    const json = await redis.eval(`${transitionsAsLua()}\nreturn cjson.encode(TRANSITIONS)`, 0);
    expect(JSON.parse(String(json))).toEqual(TRANSITIONS);
  });

  it("are written nowhere else: a script names a status only through the table", () => {
    const own = [...definedScripts().values()].map((text) => text.replace(transitionsAsLua(), ""));
    const assigned = own.flatMap((text) => [...text.matchAll(/"status", "(\w+)"/g)].map(([, status]) => status));
    expect(assigned.filter((status) => Status.safeParse(status).success)).toEqual([]);
  });

  it.each(TerminalStatus.options)("lead a running attempt to %s", (status) => {
    expect(nextStatus("running", ENDING[status])).toBe(status);
  });
});
