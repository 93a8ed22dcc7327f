import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkBoundaries } from "./check.ts";

const PROGRAM = resolve("infra/boundaries/main.ts");
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "boundaries-"));
  await symlink(resolve("node_modules"), join(root, "node_modules"));
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** Fills a repository of its own. */
async function write(sources: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(sources)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

/** Checks it as `npm run check` does. */
async function check(sources: Record<string, string>): Promise<{ code: number; stdout: string }> {
  await write(sources);
  const run = promisify(execFile)(process.execPath, [PROGRAM, root]);
  return run.then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }) => ({ code, stdout }),
  );
}

const CLEAN = {
  "apps/api/src/main.ts": 'import { queue } from "../../../libs/redis/src/queue/queue.ts";\nqueue();\n',
  "libs/redis/src/queue/queue.ts": 'import { Queue } from "bullmq";\nexport const queue = () => new Queue("x");\n',
};

test("a repository in which everybody keeps to the rules passes without a word", async () => {
  expect(await check(CLEAN)).toEqual({ code: 0, stdout: "" });
});

test("no modules at all is a failure", async () => {
  const { code, stdout } = await check({});
  expect(code).toBe(1);
  expect(stdout).toContain("nothing was checked");
});

test.each([
  ["redis-clients-stay-in-redis", { "apps/api/src/main.ts": 'import "ioredis";\n' }],
  [
    "redis-clients-stay-in-redis",
    { "apps/api/src/main.ts": 'import type { Queue } from "bullmq";\nexport type Q = Queue;\n' },
  ],
  ["bullmq-stays-in-queue", { "libs/redis/src/events/event-log.ts": 'import "bullmq";\n' }],
  [
    "redis-connection-is-the-floor",
    {
      "libs/redis/src/connection/main.ts": 'import "../scripting/main.ts";\n',
      "libs/redis/src/scripting/main.ts": 'import "node:fs";\n',
    },
  ],
  [
    "redis-scripting-knows-no-room",
    {
      "libs/redis/src/scripting/main.ts": 'import "../events/main.ts";\n',
      "libs/redis/src/events/main.ts": 'import "node:fs";\n',
    },
  ],
  [
    "redis-rooms-are-composed-above",
    {
      "libs/redis/src/events/main.ts": 'import "../backend.ts";\n',
      "libs/redis/src/backend.ts": 'import "node:fs";\n',
    },
  ],
  ["pi-stays-in-harness", { "apps/worker/src/main.ts": 'await import("@earendil-works/pi-ai");\n' }],
  ["opentelemetry-stays-in-tracing", { "apps/worker/src/main.ts": 'import "@opentelemetry/sdk-trace-node";\n' }],
  ["processes-stay-in-runtime", { "apps/api/src/main.ts": 'import "node:child_process";\n' }],
  ["processes-stay-in-runtime", { "libs/execution/src/main.ts": 'export { execa } from "execa";\n' }],
  ["execution-names-no-vendor", { "libs/execution/src/main.ts": 'import "zod";\n' }],
  ["invocation-imports-zod-only", { "libs/invocation/src/main.ts": 'import "node:fs";\n' }],
  ["client-is-browser-safe", { "libs/client/src/index.ts": 'import "node:fs";\n' }],
  ["bootstrap-imports-nothing-installed", { "infra/bootstrap/main.mjs": 'import "zod";\n' }],
  ["resolvable", { "apps/api/src/main.ts": 'import "./gone.ts";\n' }],
  ["no-orphans", { "apps/api/src/alone.ts": "export const alone = true;\n" }],
  [
    "apps-stay-apart",
    {
      "apps/api/src/main.ts": 'import "../../worker/src/main.ts";\n',
      "apps/worker/src/main.ts": 'import "node:fs";\n',
    },
  ],
  [
    "redis-libraries",
    {
      "libs/redis/src/main.ts": 'import "../../harness/src/main.ts";\n',
      "libs/harness/src/main.ts": 'import "node:fs";\n',
    },
  ],
  [
    "testkit-is-for-tests",
    {
      "apps/api/src/main.ts": 'import "../../../libs/testkit/src/main.ts";\n',
      "libs/testkit/src/main.ts": 'import "node:fs";\n',
    },
  ],
  ["no-cycles", { "apps/api/src/main.ts": 'import "./other.ts";\n', "apps/api/src/other.ts": 'import "./main.ts";\n' }],
])("a violation of %s is found", async (rule, sources) => {
  await write(sources);
  const faults = await checkBoundaries(root);
  expect(faults).toContainEqual(expect.stringContaining(`${rule}: ${Object.keys(sources)[0]}`));
});

test("a violation fails, with the files and the reason", async () => {
  const { code, stdout } = await check({ "apps/api/src/main.ts": 'import "ioredis";\n' });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^redis-clients-stay-in-redis: apps\/api\/src\/main.ts → .*ioredis.*\n {2}Every byte/);
});

test("an import below a `using` declaration is seen", async () => {
  const source = 'export async function f() {\n  await using x = await import("bullmq");\n  return x;\n}\n';
  await write({ "apps/api/src/main.ts": source });
  expect((await checkBoundaries(root)).join()).toContain("redis-clients-stay-in-redis: apps/api/src/main.ts");
});
