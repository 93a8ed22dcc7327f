import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { pifleet } from "./testing/pifleet-process.ts";
import { ScriptedFleet } from "./testing/scripted-fleet.ts";

const BASE = "/v1/invocations/inv_1/artifacts";

const sha256 = (content: string) => createHash("sha256").update(content).digest("hex");

/** A fleet that says it has an artifact at this path, and sends this content for it. */
function fleetWith(path: string, content: string, sent = content): Promise<ScriptedFleet> {
  return ScriptedFleet.start({
    [`GET ${BASE}`]: { items: [{ path, bytes: content.length, sha256: sha256(content) }] },
    [`GET ${BASE}/${path}`]: (response: import("node:http").ServerResponse) => response.writeHead(200).end(sent),
  });
}

describe("artifacts that are written to files", () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "saved-"));
    onTestFinished(() => rm(directory, { recursive: true }));
  });

  const save = (fleet: ScriptedFleet) => pifleet(["artifacts", "inv_1", "--output", directory], { env: fleet.env });

  it("take the place of what was there", async () => {
    await using fleet = await fleetWith("a/report.md", "new");
    expect((await save(fleet)).code).toBe(0);
    await writeFile(join(directory, "a/report.md"), "old and longer");
    const { code, stdout } = await save(fleet);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${join(directory, "a/report.md")}\n` });
    expect(await readFile(join(directory, "a/report.md"), "utf8")).toBe("new");
    expect(await readdir(join(directory, "a"))).toEqual(["report.md"]);
  });

  it("are not written when what comes is not what the run has left", async () => {
    await using fleet = await fleetWith("report.md", "what it left", "something else");
    const { code, stderr } = await save(fleet);
    expect(code).toBe(1);
    expect(stderr).toContain("is not what the run has left");
    expect(await readdir(directory)).toEqual([]);
  });

  it("are written though another one fails, which is named in the end", async () => {
    const files = { "a.md": "A", "b.md": "B", "c.md": "C" };
    const items = Object.entries(files).map(([path, content]) => ({ path, bytes: 1, sha256: sha256(content) }));
    const send = (text: string) => (response: import("node:http").ServerResponse) => response.writeHead(200).end(text);
    await using fleet = await ScriptedFleet.start({
      [`GET ${BASE}`]: { items },
      [`GET ${BASE}/a.md`]: send("A"),
      [`GET ${BASE}/b.md`]: send("forged"),
      [`GET ${BASE}/c.md`]: send("C"),
    });
    const { code, stdout, stderr } = await save(fleet);
    expect(stdout.trimEnd().split("\n")).toEqual([join(directory, "a.md"), join(directory, "c.md")]);
    expect(stderr).toMatch(/^b\.md: .*\npifleet: 1 of 3 artifacts could not be downloaded\.\n$/);
    expect(code).toBe(1);
  });

  it.each(["../escape", "/etc/passwd", "a/../../escape"])(
    "are not written outside of the directory: %s",
    async (path) => {
      await using fleet = await fleetWith(path, "x");
      const { code, stderr } = await save(fleet);
      expect(code).toBe(1);
      expect(stderr).toContain("leads elsewhere");
      expect(await readdir(directory)).toEqual([]);
    },
  );

  it("are named when they cannot be written", async () => {
    await using fleet = await fleetWith("a/b", "x");
    await writeFile(join(directory, "a"), "a file in the way");
    const { code, stderr } = await save(fleet);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^a\/b: .*a\/b cannot be written: .*\npifleet: 1 of 1 artifacts could not be downloaded\.\n$/,
    );
  });
});
