import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";

// A checkout that has been installed, in which `npm run demo` is a program that tells what it sees. Its environment comes
// as that of programs that run agents does on Linux: on standard input, out of sight of other processes.
const TELLTALE = `
  const hidden = process.env.PIFLEET_ENVIRONMENT_ON_STDIN !== undefined;
  const env = hidden ? JSON.parse(process.getBuiltinModule("node:fs").readFileSync(0, "utf8")) : process.env;
  const exposed = hidden ? process.env.REDIS_URL : undefined;
  const waits = process.argv[2] === "--wait";
  const waiting = setInterval(() => undefined, 1_000);
  process.on("SIGTERM", () => { process.stdout.write("SIGTERM\\n"); clearInterval(waiting); });
  process.stdout.write(JSON.stringify({ version: process.versions.node, redis: env.REDIS_URL, exposed, argv: process.argv.slice(2) }) + "\\n");
  if (!waits) { clearInterval(waiting); process.exitCode = 7; }
`;

let checkout: string;

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), "checkout-"));
  for (const folder of ["infra/demo", "libs/harness/build", "node_modules/node"])
    await mkdir(join(checkout, folder), { recursive: true });
  await symlink(resolve("infra/bootstrap"), join(checkout, "infra/bootstrap"));
  await symlink(resolve("node_modules/node/bin"), join(checkout, "node_modules/node/bin"));
  await writeFile(join(checkout, "infra/demo/main.ts"), TELLTALE);
  await writeFile(join(checkout, "libs/harness/build/main.ts"), "");
  await writeFile(join(checkout, "package-lock.json"), "{}");
  await writeFile(join(checkout, "node_modules/.package-lock.json"), "{}");
});

afterEach(() => rm(checkout, { recursive: true }));

function start(args: string[], env: NodeJS.ProcessEnv = {}) {
  const main = ["--preserve-symlinks-main", "--preserve-symlinks", join(checkout, "infra/bootstrap/main.mjs")];
  const child = spawn(process.execPath, [...main, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { child, result: finish(child) };
}

async function finish(child: ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream }) {
  const [[code], stdout, stderr] = await Promise.all([once(child, "exit"), text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

test("the program gets its arguments, a new enough Node and a Redis, and its exit code is passed on", async () => {
  const { code, stdout, stderr } = await start(["demo", "an argument"]).result;
  expect({ code, stderr }).toEqual({ code: 7, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({
    version: expect.stringMatching(/^2[2-9]\./),
    redis: process.env.REDIS_URL,
    argv: ["an argument"],
  });
  expect(JSON.parse(stdout)).not.toHaveProperty("exposed");
});

test("a signal is passed on to the program, and what it exits with then is the exit code", async () => {
  const { child, result } = start(["demo", "--wait"]);
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  expect(await result).toMatchObject({ code: 0, stdout: expect.stringContaining("SIGTERM") });
});

test("an unknown command fails with the names of those that there are", async () => {
  const { code, stderr } = await start(["dmeo"]).result;
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /no command 'dmeo'.*demo, dev, test, test:unit, test:watch, test:crash, test:traces, test:hostile, chaos, fix, check, build/,
  );
});

test("a REDIS_URL that is none is named, without its password", async () => {
  const { code, stderr } = await start(["demo"], { REDIS_URL: "http://user:s3cret@host" }).result;
  expect(code).toBe(1);
  expect(stderr).toContain("REDIS_URL is no Redis URL");
  expect(stderr).not.toContain("s3cret");
});

test("a REDIS_URL at which nobody answers as Redis fails, and says where", async () => {
  const silent = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as { port: number };
  const { code, stderr } = await start(["demo"], { REDIS_URL: `redis://user:s3cret@127.0.0.1:${port}` }).result;
  silent.close();
  expect(code).toBe(1);
  expect(stderr).toContain(`nothing answers at 127.0.0.1:${port}`);
  expect(stderr).not.toContain("s3cret");
});

test("when the dependencies cannot be installed, what npm said is shown with what to do", async () => {
  await rm(join(checkout, "node_modules/.package-lock.json"));
  await writeFile(join(checkout, "package.json"), "{ no JSON");
  const { code, stderr } = await start(["demo"], { npm_execpath: "", NODE_DISABLE_COMPILE_CACHE: "1" }).result;
  expect(code).toBe(1);
  expect(stderr).toContain("Installing dependencies … failed");
  expect(stderr).toContain("npm error code EJSONPARSE");
  expect(stderr).toContain("The dependencies could not be installed (npm ci failed). What npm said is above.");
});

test("REDIS_URL unset, a server on PATH is started for the program and is gone after it", async () => {
  const { code, stdout } = await start(["demo"], { REDIS_URL: "" }).result;
  expect(code).toBe(7);
  const { port } = new URL(JSON.parse(stdout).redis);
  const probe = createServer().listen(Number(port), "127.0.0.1");
  await once(probe, "listening");
  probe.close();
});
