import type { Backend } from "@pifleet/invocation";
import { RedisServer } from "@pifleet/testkit";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectBackend } from "../index.ts";
import { makeKeys } from "../scripting/keys.ts";
import { presenceOf } from "../testing/presence.ts";
import { WorkerProcess } from "../testing/worker-process.ts";

const HOUR_MS = 3_600_000;
const POLLS = 5;
const { workerConnections } = makeKeys("pifleet");

let server: RedisServer;
let control: Redis;
let used: AsyncDisposableStack;

beforeEach(async () => {
  used = new AsyncDisposableStack();
  server = used.use(await RedisServer.reserve());
  await server.start("--appendonly", "yes");
  control = used.adopt(new Redis(server.url), (redis) => redis.disconnect());
  control.on("error", () => undefined);
});
afterEach(() => used.disposeAsync());

async function connect(url = server.url, onFault?: (error: Error) => void): Promise<Backend> {
  const backend = await connectBackend({ url, role: "worker", retentionMs: HOUR_MS, onFault });
  return used.adopt(backend, (open) => open.close());
}

async function startProcess(id: string): Promise<WorkerProcess> {
  return used.use(await WorkerProcess.start(server.url, id));
}

/** The URL for a user who may do everything but what `forbidden` names. */
async function urlWithout(...forbidden: string[]): Promise<string> {
  await control.acl("SETUSER", "limited", "on", ">secret", "~*", "&*", "+@all", ...forbidden);
  return `redis://limited:secret@127.0.0.1:${server.port}`;
}

/** The connection that is registered for a worker: the Redis process and the client id. */
async function registered(worker: string): Promise<[runId: string, clientId: string]> {
  const [runId = "", clientId = ""] = ((await control.hget(workerConnections, worker)) ?? "").split(":");
  return [runId, clientId];
}

describe("a worker", () => {
  it("is disconnected when its process was killed", async () => {
    const { workers } = await connect();
    const [killed, other] = [await startProcess("killed"), await startProcess("other")];
    expect(await workers.disconnected(["killed", "other"])).toEqual([]);
    await killed.kill();
    await vi.waitFor(async () => expect(await workers.disconnected(["killed", "other"])).toEqual(["killed"]), 10_000);
    await workers.leave("killed");
    expect(await workers.disconnected(["killed", "other"])).toEqual([]);
    await other.kill();
    await vi.waitFor(async () => expect(await workers.disconnected(["other"])).toEqual(["other"]), 10_000);
  });

  it("is not disconnected while its process is frozen", async () => {
    const { workers } = await connect();
    const frozen = await startProcess("frozen");
    frozen.freeze();
    for (let i = 0; i < POLLS; i += 1) expect(await workers.disconnected(["frozen"])).toEqual([]);
    await frozen.kill();
    await vi.waitFor(async () => expect(await workers.disconnected(["frozen"])).toEqual(["frozen"]));
  });

  it("is known to be disconnected when it had vanished from the list before anybody looked", async () => {
    const { workers } = await connect();
    const process = await startProcess("killed");
    await process.kill();
    await workers.beat(presenceOf("alive"), HOUR_MS);
    await control.zadd(`${makeKeys("pifleet").workers}:deadlines`, 1, "killed");
    expect((await workers.list()).map(({ id }) => id)).toEqual(["alive"]);
    expect(await workers.vanished(1)).toEqual(["killed"]);
    await vi.waitFor(async () => expect(await workers.disconnected(["killed"])).toEqual(["killed"]), 10_000);
    await workers.leave("killed");
    expect(await workers.vanished(1)).toEqual([]);
    expect(await workers.disconnected(["killed"])).toEqual([]);
  });

  it("is not disconnected any more once it has come back on another connection", async () => {
    const { workers } = await connect();
    const { workers: own } = await connect();
    await own.beat(presenceOf("worker-1"), HOUR_MS);
    const [, before] = await registered("worker-1");
    await control.client("KILL", "ID", before);
    await vi.waitFor(async () => expect((await registered("worker-1"))[1]).not.toBe(before));
    expect(await workers.disconnected(["worker-1"])).toEqual([]);
    expect(await workers.list()).toMatchObject([{ id: "worker-1" }]);
  });

  it("does not come back to the list by a reconnect after it has left", async () => {
    const { workers } = await connect();
    for (const id of ["worker-1", "worker-2"]) await workers.beat(presenceOf(id), HOUR_MS);
    const [, before] = await registered("worker-2");
    await workers.leave("worker-1");
    await control.client("KILL", "ID", before);
    await vi.waitFor(async () => expect((await registered("worker-2"))[1]).not.toBe(before));
    expect((await workers.list()).map(({ id }) => id)).toEqual(["worker-2"]);
  });
});

describe("after a restart of Redis", () => {
  it("no worker is disconnected until it has beaten again", async () => {
    const { workers, ping } = await connect();
    const [dead, alive] = [await startProcess("dead"), await startProcess("alive")];
    const [runId] = await registered("alive");
    await server.stop();
    await dead.kill();
    await server.start("--appendonly", "yes");
    await vi.waitFor(() => ping(), 10_000);
    await vi.waitFor(async () => expect((await registered("alive"))[0]).not.toBe(runId), 10_000);
    expect((await registered("dead"))[0]).toBe(runId);
    for (let i = 0; i < POLLS; i += 1) expect(await workers.disconnected(["dead", "alive"])).toEqual([]);
    await alive.kill();
    await vi.waitFor(async () => expect(await workers.disconnected(["dead", "alive"])).toEqual(["alive"]), 10_000);
  });
});

describe("a Redis that does not list its connections", () => {
  it("tells of nobody, is reported once, and is not asked again at once", async () => {
    const onFault = vi.fn();
    const { workers } = await connect(await urlWithout("-client|list"), onFault);
    const worker = await startProcess("worker-1");
    await worker.kill();
    for (let i = 0; i < POLLS; i += 1) expect(await workers.disconnected(["worker-1"])).toEqual([]);
    expect(onFault.mock.calls).toEqual([[expect.objectContaining({ message: expect.stringContaining("leases") })]]);
    expect(await control.info("commandstats")).toMatch(/cmdstat_client\|list:.*rejected_calls=1,/);
  });

  it("is not asked for a worker that could not learn how its own connection is called", async () => {
    const onFault = vi.fn();
    const { workers } = await connect(await urlWithout("-client|id"), onFault);
    await workers.beat(presenceOf("worker-1"), HOUR_MS);
    await workers.beat(presenceOf("worker-1"), HOUR_MS);
    expect(await registered("worker-1")).toEqual(["", ""]);
    expect(await workers.disconnected(["worker-1"])).toEqual([]);
    expect(await workers.list()).toHaveLength(1);
    expect(onFault).toHaveBeenCalledTimes(1);
  });
});
