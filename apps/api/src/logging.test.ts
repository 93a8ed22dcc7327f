import { expect, it } from "vitest";
import { forPeople } from "./logging.ts";

it("shows people the time of day, the level, the message and the fields", () => {
  const line = JSON.stringify({
    level: 30,
    time: 1_700_000_000_000,
    pid: 1,
    hostname: "h",
    msg: "listening",
    url: "http://a",
  });
  expect(forPeople(line)).toBe("22:13:20.000 info  listening url=http://a");
});

it("shows people where an error comes from", () => {
  const err = { type: "Error", message: "broken", stack: "Error: broken\n  at here" };
  const line = JSON.stringify({ level: 50, time: 0, msg: "request failed", err, ms: 1.5 });
  expect(forPeople(line)).toBe("00:00:00.000 error request failed ms=1.5\nError: broken\n  at here");
});
