import { describe, expect, it } from "vitest";
import { resolveLimits } from "./limits.ts";
import { Submission } from "./submission.ts";

const VALID = { model: "demo/scripted", input: "hello" };

function faults(body: unknown): string[] {
  const { error } = Submission.safeParse(body);
  return error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
}

describe("a submission", () => {
  it("needs no more than a model and an input", () => {
    expect(Submission.parse(VALID)).toEqual({ ...VALID, recovery: "rerun", priority: 0, delayMs: 0, metadata: {} });
  });

  it("names an agent or a model, not both and not neither", () => {
    expect(faults({ input: "hello" })).toEqual(["model: name an agent or a model"]);
    expect(faults({ ...VALID, agent: "reviewer" })).toEqual(["model: name an agent or a model, not both"]);
  });

  it.each(["/etc/passwd", "../up", "a/../b", "a//b", "a/./b", "", "C:\\x", "a\\b", "a\u0000b", `${"x".repeat(300)}`])(
    "may not seed a file at %j",
    (path) => {
      expect(faults({ ...VALID, files: [{ path, content: "" }] })[0]).toMatch(/^files\.0\.path: must/);
    },
  );

  it("may not seed one path twice, nor a file below a file", () => {
    const files = ["a", "a", "a/b"].map((path) => ({ path, content: "" }));
    expect(faults({ ...VALID, files })).toEqual([
      "files.1.path: stands here twice",
      "files.2.path: 'a' is a file, not a directory",
    ]);
  });

  it("ends its conversation with the user", () => {
    const input = [
      { role: "user", content: "one" },
      { role: "assistant", content: "two" },
    ];
    expect(faults({ ...VALID, input })).toEqual(["input: the last message must be the user's"]);
    expect(faults({ ...VALID, input: [...input, { role: "user", content: "three" }] })).toEqual([]);
  });

  it("may have metadata of 16 KiB in all", () => {
    const metadata = (fields: number) =>
      Object.fromEntries(Array.from({ length: fields }, (_, i) => [`k${i}`, "ä".repeat(1_023)]));
    expect(faults({ ...VALID, metadata: metadata(8) })).toEqual([]);
    expect(faults({ ...VALID, metadata: metadata(9) })).toEqual([
      "metadata: must not be longer than 16384 bytes in all",
    ]);
  });

  it("may not bring fields or tools that nobody knows", () => {
    expect(faults({ ...VALID, colour: "red" })[0]).toContain("colour");
    expect(faults({ ...VALID, tools: ["read", "rm"] })[0]).toMatch(/^tools\.1: /);
  });
});

describe("limits", () => {
  it("must be in order where they are named", () => {
    expect(faults({ ...VALID, limits: { idleMs: 5_000, totalMs: 1_000 } })).toEqual([
      "limits.idleMs: must not be greater than totalMs",
    ]);
  });

  it("say which range they have", () => {
    expect(faults({ ...VALID, limits: { maxAttempts: 21 } })[0]).toMatch(/<=20|at most 20/i);
  });

  it("get defaults that never contradict what was named", () => {
    expect(resolveLimits({ totalMs: 2_000 })).toMatchObject({ firstByteMs: 2_000, idleMs: 2_000, totalMs: 2_000 });
    expect(resolveLimits({ firstByteMs: 400_000 })).toMatchObject({ firstByteMs: 400_000, idleMs: 400_000 });
    expect(resolveLimits({ idleMs: 7_200_000 })).toMatchObject({ idleMs: 7_200_000, totalMs: 7_200_000 });
    expect(resolveLimits()).toMatchObject({ firstByteMs: 60_000, idleMs: 300_000, totalMs: 3_600_000 });
  });
});
