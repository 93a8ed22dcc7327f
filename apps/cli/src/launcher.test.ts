import { spawn } from "node:child_process";
import { cp, mkdir, mkdtempDisposable, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test, vi } from "vitest";
import { LAUNCHER, PifleetProcess, pifleet } from "./testing/pifleet-process.ts";
import { eventStream, ScriptedFleet } from "./testing/scripted-fleet.ts";

// Each of them starts a process or more.
vi.setConfig({ testTimeout: 60_000 });

const ID = "inv_01JZZZZZZZZZZZZZZZZZZZZZZZ";
/** Makes Node believe that it is an older one; what it starts knows better. */
const AS_OLD_NODE = [
  "--import",
  'data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.1.0" } });',
];

test("under a Node that is too old it starts the one of the checkout, and passes its exit code on", async () => {
  const { code, stderr } = await pifleet(["no-such-command"], { nodeArguments: AS_OLD_NODE });
  expect(code).toBe(2);
  expect(stderr).toContain("unknown command 'no-such-command'");
});

test("it passes signals on to the Node that it started", async () => {
  await using fleet = await ScriptedFleet.start({
    [`GET /v1/invocations/${ID}/events`]: eventStream([{ type: "log" }], { end: false }),
  });
  const watch = new PifleetProcess(["watch", ID, "--json"], { env: fleet.env, nodeArguments: AS_OLD_NODE });
  await watch.hasWritten("stdout", "log");
  watch.signal("SIGINT");
  expect(await watch.ended).toMatchObject({ code: 130, signal: null });
});

test.each([
  ["a Node that is new enough", []],
  ["a Node that is too old", AS_OLD_NODE],
])("under npx and %s it ends when npx was told to", async (_what, nodeArguments) => {
  const program = [process.execPath, ...nodeArguments, LAUNCHER, "listen", "--port", "0"];
  const quoted = program.map((word) => `'${word}'`).join(" ");
  // As npm starts a program: by a shell, which it ends before itself.
  const shell = spawn("sh", ["-c", `${quoted}; exit $?`], {
    env: { ...process.env, npm_command: "exec" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void shell.kill("SIGKILL"));
  const said = createInterface(shell.stderr)[Symbol.asyncIterator]();
  expect((await said.next()).value).toContain("Listening at");
  shell.kill("SIGTERM");
  // Its end closes what it writes to.
  for (let line = await said.next(); !line.done; line = await said.next());
});

test("an API that cannot start says why, with the exit code of wrong usage", async () => {
  const { code, stderr } = await pifleet(["api"], { env: { PORT: "99999", PIFLEET_AUTH: "off" } });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^PORT .*\n$/);
});

test("a worker refuses a directory of workspaces that is a symbolic link", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "workspaces-"));
  const path = join(directory.path, "link");
  await symlink(tmpdir(), path);
  const { code, stderr } = await pifleet(["worker"], { env: { PIFLEET_WORKSPACES: path } });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^PIFLEET_WORKSPACES: .*\/link is a symbolic link; name a directory that does not exist yet/);
});

test("it passes arguments on to the program", async () => {
  const { code, stderr } = await pifleet(["worker", "--drain-on-idle", "--drain-now"]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^--drain-now is no argument of this program; .*\n$/),
  });
});

test("a worker in a checkout without a runner has one built first, and each gets its own arguments only", async () => {
  await using checkout = await mkdtempDisposable(join(tmpdir(), "checkout-"));
  const launcher = join(checkout.path, "apps/cli/bin/pifleet.mjs");
  await cp(LAUNCHER, launcher);
  for (const program of ["libs/harness/build/main.ts", "apps/worker/src/main.ts"]) {
    const path = join(checkout.path, program);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `console.log("${program}", ...process.argv.slice(2));`);
  }
  const { stdout } = await pifleet(["worker", "--drain-on-idle"], { launcher });
  expect(stdout).toBe("libs/harness/build/main.ts\napps/worker/src/main.ts --drain-on-idle\n");
});

test("without a Redis, dev says what to do", async () => {
  const fleet = await ScriptedFleet.start({});
  const { port } = new URL(fleet.env.PIFLEET_URL);
  await fleet[Symbol.asyncDispose]();
  const { code, stderr } = await pifleet(["dev"], { env: { REDIS_URL: `redis://127.0.0.1:${port}` } });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^pifleet: No Redis answers at 127\.0\.0\.1:\d+\. Start one .*\n$/);
});
