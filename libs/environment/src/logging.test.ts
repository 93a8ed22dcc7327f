import { expect, it } from "vitest";
import { createLogger, forPeople } from "./logging.ts";

it("shows people the time of day, the level, the message and the fields", () => {
  const line = JSON.stringify({
    level: "info",
    time: "2023-11-14T22:13:20.000Z",
    pid: 1,
    hostname: "h",
    msg: "listening",
    url: "http://a",
  });
  expect(forPeople(line)).toBe("22:13:20.000 info  listening url=http://a");
});

it("shows people where an error comes from", () => {
  const err = { type: "Error", message: "broken", stack: "Error: broken\n  at here" };
  const line = JSON.stringify({
    level: "error",
    time: "1970-01-01T00:00:00.000Z",
    msg: "request failed",
    err,
    ms: 1.5,
  });
  expect(forPeople(line)).toBe("00:00:00.000 error request failed ms=1.5\nError: broken\n  at here");
});

it("names the level, and gives the time in UTC", () => {
  const lines: string[] = [];
  createLogger("info", { write: (line) => void lines.push(line) }).warn("careful");
  const { level, time } = JSON.parse(lines[0] ?? "");
  expect(level).toBe("warn");
  expect(new Date(time).toISOString()).toBe(time);
});

it("tells of an error where it came from, and nothing of the command that failed with it", () => {
  const lines: string[] = [];
  const log = createLogger("info", { write: (line) => void lines.push(line) });
  const command = { name: "evalsha", args: ["canary-4711"] };
  const cause = Object.assign(new Error("ERR no"), { command });
  const err = Object.assign(new Error("it failed", { cause }), { code: "E_STORE", command });
  log.error({ err }, "request failed");
  log.error({ err: "canary" }, "request failed");
  const [line = "", words = ""] = lines;
  expect(JSON.parse(line).err).toEqual({
    type: "Error",
    message: "it failed: ERR no",
    stack: expect.stringContaining("caused by: Error: ERR no"),
    code: "E_STORE",
  });
  expect(line).not.toContain("canary");
  expect(JSON.parse(words).err).toBe("canary");
});
