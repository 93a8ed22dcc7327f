import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text as textOf } from "node:stream/consumers";
import { text, toolCall } from "@pifleet/testkit/model-server";
import { describe, expect, it, onTestFinished } from "vitest";
import { pifleet } from "../../apps/cli/src/testing/pifleet-process.ts";
import { ENDLESS_LEASE, endings, Stage } from "../crash/stage.ts";

const REPORT = "# Report\nAll is well: ä\n";
const MAKE_REPORT = `mkdir -p outputs/data && printf '# Report\\nAll is well: ä\\n' > outputs/report.md && head -c 3000000 /dev/urandom > outputs/data/noise && sha256sum outputs/data/noise && ln -s /etc/passwd outputs/passwd`;

/** All files in the fleet's directory of artifacts. */
async function filesOf({ fleet }: Stage): Promise<string[]> {
  const entries = await readdir(join(fleet.directory, "artifacts"), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

describe("the artifacts of a run", () => {
  it("are what it has left in outputs, can be downloaded in whole and in part, and come with the record", async () => {
    await using stage = await Stage.set();
    const { client } = stage.fleet;
    stage.models.enqueue(toolCall("bash", { command: MAKE_REPORT }), text("Done."));
    const record = await stage.end(await stage.submit());
    expect(record).toMatchObject({
      status: "succeeded",
      artifacts: [{ path: "data/noise", bytes: 3_000_000 }, { path: "report.md" }],
    });
    expect(await client.artifacts.list(record.id)).toEqual(record.artifacts);

    const report = await client.artifacts.download(record.id, "report.md");
    expect(await textOf(report.body)).toBe(REPORT);
    const noise = await client.artifacts.download(record.id, "data/noise");
    const whole = await buffer(noise.body);
    expect(JSON.stringify(record.messages)).toContain(noise.sha256);
    const part = await client.artifacts.download(record.id, "data/noise", {
      range: { from: 1_000_000, to: 1_000_010 },
    });
    expect(await buffer(part.body)).toEqual(whole.subarray(1_000_000, 1_000_010));

    const warnings = [];
    for await (const event of client.invocations.stream(record.id))
      if (event.type === "log") warnings.push(event.message);
    expect(warnings).toEqual(['Not kept of the outputs: "passwd": it is a symbolic link']);
    await stage.cleared();
  });

  it("are written to files by the command line", async () => {
    await using stage = await Stage.set();
    stage.models.enqueue(toolCall("bash", { command: MAKE_REPORT }), text("Done."));
    const { id } = await stage.end(await stage.submit());
    const directory = await mkdtemp(join(tmpdir(), "downloads-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const env = { PIFLEET_URL: stage.fleet.url, PIFLEET_API_KEY: stage.fleet.key };
    const saved = await pifleet(["artifacts", id, "--output", directory], { env });
    expect(saved).toMatchObject({ code: 0, stderr: "" });
    expect(saved.stdout).toBe(`${join(directory, "data/noise")}\n${join(directory, "report.md")}\n`);
    expect(await readFile(join(directory, "report.md"), "utf8")).toBe(REPORT);
    expect((await stat(join(directory, "data/noise"))).size).toBe(3_000_000);
    expect((await readdir(directory)).sort()).toEqual(["data", "report.md"]);
    expect(await pifleet(["artifacts", id, "report.md"], { env })).toMatchObject({ code: 0, stdout: REPORT });
    expect((await pifleet(["artifacts", id], { env })).stdout).toMatch(
      /^PATH .*\ndata\/noise +3000000 +\w{64}\nreport\.md /,
    );
    expect(await pifleet(["artifacts", id, "other"], { env })).toMatchObject({ code: 1, stdout: "" });
  });

  it("are there when `pifleet run` has ended, which seeds, submits and shows it", async () => {
    await using stage = await Stage.set();
    stage.models.enqueue(
      toolCall("bash", { command: "mkdir outputs && tr a-z A-Z < given.txt > outputs/loud.txt" }),
      text("Done."),
    );
    const directory = await mkdtemp(join(tmpdir(), "run-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, "given.txt"), "loud\n");
    const env = { PIFLEET_URL: stage.fleet.url, PIFLEET_API_KEY: stage.fleet.key };
    const args = ["run", "--model", "fake/test", "--file", "given.txt", "Make it loud."];
    const ended = await pifleet(args, { env, cwd: directory });
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining("Done.") });
    expect(ended.stderr).toMatch(/^inv_\w+\nwrote outputs\/loud\.txt\n$/);
    expect(await readFile(join(directory, "outputs/loud.txt"), "utf8")).toBe("LOUD\n");
  });

  it("are kept of a run that is cancelled, or takes too long", async () => {
    await using stage = await Stage.set();
    const command = "mkdir outputs; echo half > outputs/half.txt; echo begun; sleep 300";
    stage.models.otherwise(() => toolCall("bash", { command }));
    const cancelled = await stage.submit();
    await stage.worksOn(cancelled);
    await stage.fleet.client.invocations.cancel(cancelled);
    expect(await stage.end(cancelled)).toMatchObject({
      status: "cancelled",
      artifacts: [{ path: "half.txt", bytes: 5 }],
    });
    const late = await stage.submit({ limits: { totalMs: 4_000 } });
    expect(await stage.end(late)).toMatchObject({ status: "timed_out", artifacts: [{ path: "half.txt", bytes: 5 }] });
    await stage.cleared();
  });

  it("are only those of the last attempt, also when a worker dies while it keeps them", async () => {
    await using stage = await Stage.set({ workers: 1, env: ENDLESS_LEASE });
    // Large enough to be caught at it.
    const leave = (content: string) => toolCall("bash", { command: `mkdir outputs; ${content}; echo begun` });
    stage.models.enqueue(
      leave("head -c 50000000 /dev/zero > outputs/a; cp outputs/a outputs/b; cp outputs/a outputs/c"),
      text("First."),
    );
    const id = await stage.submit();
    const worker = await stage.runs(id);
    await expect.poll(() => filesOf(stage), { timeout: 20_000, interval: 1 }).not.toEqual([]);
    worker.kill("SIGKILL");
    await worker.exited();
    expect((await stage.fleet.client.invocations.get(id)).status).toBe("running");
    stage.models.enqueue(leave("echo second > outputs/second"), text("Second."));
    await stage.fleet.startWorker();
    const record = await stage.end(id);
    expect(endings(record)).toEqual(["worker_lost", "succeeded"]);
    expect(record).toMatchObject({ output: "Second.", artifacts: [{ path: "second", bytes: 7 }] });
    expect((await stage.fleet.fetch(`/v1/invocations/${id}/artifacts/a`)).status).toBe(404);
    await stage.cleared();
  });
});
