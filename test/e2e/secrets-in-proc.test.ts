import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startModelServer, text, toolCall } from "@pifleet/testkit/model-server";
import { describe, expect, it, onTestFinished } from "vitest";
import { LAUNCHER, PifleetProcess, pifleet } from "../../apps/cli/src/testing/pifleet-process.ts";
import { freePort } from "../fleet/free-port.ts";
import { descendantsOf } from "../fleet/processes.ts";

/** Becomes the parent of what stands behind `--`, as tini does, and passes on the signal that ends it. */
const INIT = `#!/bin/sh
shift
exec 3<&0
"$@" <&3 &
trap 'kill -TERM $!; wait $!' TERM
wait $!
`;

interface Setting {
  readonly directory: string;
  /** A text that no process on this machine has but by way of the secrets of this test. */
  readonly marker: string;
  readonly env: Readonly<Record<string, string>> & { readonly PORT: string };
}

async function newSetting(): Promise<Setting> {
  const directory = await mkdtemp(join(tmpdir(), "secrets-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));
  const env = {
    PORT: String(await freePort()),
    PIFLEET_WORKSPACES: join(directory, "workspaces"),
    PIFLEET_ARTIFACTS: join(directory, "artifacts"),
    PIFLEET_REDIS_PREFIX: `secrets-${randomUUID()}`,
    PIFLEET_WARM: "1",
  };
  return { directory, env, marker: `canary${randomUUID().replaceAll("-", "")}` };
}

/** A models file with a fake model, whose agent prints how many processes show the marker in their environment. */
async function looking({ directory, marker }: Setting): Promise<string> {
  const models = await startModelServer();
  onTestFinished(() => models.close());
  const command = `cat /proc/[0-9]*/environ 2>/dev/null | grep -a -c ${marker}; echo looked`;
  models.enqueue(toolCall("bash", { command }), text("Done."));
  const path = join(directory, "models.json");
  await writeFile(path, JSON.stringify(models.modelsFile()));
  return path;
}

/** Starts a process and reads what it says, line by line. It is ended with the test. */
async function firstLine(command: string, args: string[], env: NodeJS.ProcessEnv, wanted: string): Promise<Started> {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env }, stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await exited;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes(wanted)) return { child, line };
  }
  throw new Error(`${command} ended without '${wanted}'`);
}

interface Started {
  readonly child: ChildProcess;
  readonly line: string;
}

describe.runIf(process.platform === "linux")("the secrets of a fleet", () => {
  it("are in no environment that a tool of pifleet dev can read", async () => {
    const setting = await newSetting();
    const env = { ...setting.env, PIFLEET_MODELS_FILE: await looking(setting), ANTHROPIC_API_KEY: setting.marker };
    const dev = new PifleetProcess(["dev", "--json"], { env });
    onTestFinished(async () => {
      dev.signal("SIGTERM");
      await dev.ended;
    });
    await dev.hasWritten("stdout", "\n");
    await dev.hasWritten("stderr", "claiming");
    const client = { PIFLEET_URL: `http://127.0.0.1:${env.PORT}` };
    const args = ["submit", "--model", "fake/test", "--wait", "--json", "Look"];
    const { stdout } = await pifleet(args, { env: client });
    expect(stdout).toContain(String.raw`0\nlooked`);
    expect(stdout).not.toContain(setting.marker);
  });

  it("are not in the process that PIFLEET_INIT makes the parent of a service", async () => {
    const { directory, env, marker } = await newSetting();
    const init = join(directory, "init");
    await writeFile(init, INIT);
    await chmod(init, 0o755);
    const secret = { REDIS_URL: process.env.REDIS_URL, ANTHROPIC_API_KEY: marker, PIFLEET_INIT: init };
    const { child } = await firstLine(process.execPath, [LAUNCHER, "worker"], { ...env, ...secret }, "claiming");
    const { pid = 0 } = child;
    expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).toContain(init);
    const worker = descendantsOf(pid);
    expect(worker.length).toBeGreaterThan(0);
    for (const each of [pid, ...worker]) expect(readFileSync(`/proc/${each}/environ`, "latin1")).not.toContain(marker);
    // Its standard input was the file that the worker has read them from.
    expect(readFileSync(`/proc/${pid}/fd/0`, "utf8")).toBe("");
  });

  it("are said to be exposed by what has started a worker, such as a shell", async () => {
    const { env, marker } = await newSetting();
    const secret = { REDIS_URL: process.env.REDIS_URL, ANTHROPIC_API_KEY: marker };
    // Without `exec` the shell stays; it must pass on the signal that ends the worker.
    const command = `"${process.execPath}" "${LAUNCHER}" worker & trap 'kill -TERM $!; wait $!' TERM; wait $!`;
    const { child, line } = await firstLine("sh", ["-c", command], { ...env, ...secret }, "can read secrets");
    expect(JSON.parse(line)).toMatchObject({
      level: "warn",
      processes: [{ pid: child.pid, name: "sh" }],
      msg: expect.stringContaining("put them into files (ANTHROPIC_API_KEY_FILE, REDIS_URL_FILE"),
    });
  });

  it("may stand in files", async () => {
    const { directory, env, marker } = await newSetting();
    const redis = join(directory, "redis-url");
    const key = join(directory, "key");
    await writeFile(redis, `${process.env.REDIS_URL}\n`);
    await writeFile(key, `${marker}\n`);
    const files = { REDIS_URL: undefined, REDIS_URL_FILE: redis, PIFLEET_BOOTSTRAP_KEY_FILE: key };
    const api = new PifleetProcess(["api"], { env: { ...env, ...files } });
    onTestFinished(async () => {
      api.signal("SIGTERM");
      await api.ended;
    });
    await api.hasWritten("stdout", `"listening"`);
    const client = {
      PIFLEET_URL: `http://127.0.0.1:${env.PORT}`,
      PIFLEET_API_KEY: undefined,
      PIFLEET_API_KEY_FILE: key,
    };
    expect(await pifleet(["list", "--json"], { env: client })).toMatchObject({ code: 0 });
    const wrong = { ...files, PIFLEET_BOOTSTRAP_KEY_FILE: join(directory, "absent") };
    expect(await pifleet(["api"], { env: { ...env, ...wrong } })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^PIFLEET_BOOTSTRAP_KEY_FILE names .*absent, which cannot be read \(ENOENT\)/),
    });
  });
});
