import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { type ArtifactHolder, newInvocationId, UnavailableError } from "@pifleet/invocation";
import { describeArtifactStoreConformance } from "@pifleet/testkit";
import { type S3Server, type S3ServerOptions, startS3Server } from "@pifleet/testkit/s3-server";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { S3Location } from "./location.ts";
import { S3Error } from "./s3-error.ts";
import { createS3Store } from "./s3-store.ts";
import type { Patience } from "./tries.ts";

const PREFIX = "fleets/blue";
const MIB = 1_048_576;
/** A store that is away is left alone until the test is over. */
const ENDLESS_OUTAGE = { outageMs: 3_600_000 };

async function serve(options?: S3ServerOptions): Promise<S3Server> {
  const server = await startS3Server(options);
  onTestFinished(() => server.close());
  return server;
}

function locationOf({ bucket, endpoint, region, account }: S3Server): S3Location {
  return { bucket, endpoint, region, prefix: PREFIX, credentials: account };
}

function storeOf(server: S3Server, patience: Partial<Patience> = {}) {
  return createS3Store(locationOf(server), { pauseMs: 1, ...patience });
}

function newHolder(): ArtifactHolder {
  return { id: newInvocationId(), attempt: 1 };
}

async function* once(content: string | Uint8Array) {
  yield Buffer.from(content);
}

/** Bytes that no part of which is like another one. */
function noise(bytes: number): Buffer {
  const numbers = new Uint32Array(Math.ceil(bytes / 4)).map((_, i) => Math.imul(i, 2_654_435_761));
  return Buffer.from(numbers.buffer, 0, bytes);
}

function methodsOf({ log }: S3Server): string[] {
  return log.map(({ method }) => method);
}

describeArtifactStoreConformance("in a bucket", async () => storeOf(await serve({ pageSize: 2 })));

describe("a bucket of artifacts", () => {
  it("has an object for each content of a holder, by its SHA-256, and gets the same content once", async () => {
    const server = await serve();
    const store = storeOf(server);
    const holder = newHolder();
    for (const content of ["same", "same", "other"]) await store.put(holder, once(content));
    expect(methodsOf(server)).toEqual(["HEAD", "PUT", "HEAD", "HEAD", "PUT"]);
    const digests = ["same", "other"].map((content) => createHash("sha256").update(content).digest("hex"));
    expect([...server.objects.keys()]).toEqual(digests.map((sha256) => `${PREFIX}/${holder.id}-1/${sha256}`));
  });

  it("is reached with temporary credentials", async () => {
    const store = storeOf(await serve({ isTemporary: true }));
    const holder = newHolder();
    const { sha256 } = await store.put(holder, once("kept"));
    expect(await text(store.read(holder, sha256))).toBe("kept");
  });

  it.each([
    ["another secret", { secretAccessKey: "another" }, "403 SignatureDoesNotMatch"],
    ["another key", { accessKeyId: "AKIAOTHER" }, "403 InvalidAccessKeyId"],
    ["another token", { sessionToken: "another" }, "400 InvalidToken"],
  ])("is not reached with %s: the error names the refusal, and is not tried again", async (_, wrong, refusal) => {
    const server = await serve({ isTemporary: true });
    const location = locationOf(server);
    const store = createS3Store({ ...location, credentials: { ...location.credentials, ...wrong } });
    const listing = store.drop(newHolder());
    await expect(listing).rejects.toThrow(S3Error);
    await expect(listing).rejects.toThrow(`S3 refused GET of the bucket: ${refusal}`);
    await expect(listing).rejects.not.toThrow(location.credentials.secretAccessKey);
  });

  it("may hold what is nobody's artifact: it is passed over", async () => {
    const server = await serve({ pageSize: 1 });
    const store = storeOf(server);
    const holder = newHolder();
    await store.put(holder, once("kept"));
    const other = createS3Store({ ...locationOf(server), prefix: `${PREFIX}-green` });
    await other.put(newHolder(), once("of another fleet"));
    await createS3Store({ ...locationOf(server), prefix: `${PREFIX}/x` }).put(newHolder(), once("deeper"));
    const known = [];
    for await (const { id } of store.holders()) known.push(id);
    expect(known).toEqual([holder.id]);
    expect(() => store.has(newHolder(), "../other")).toThrow(TypeError);
  });
});

describe("a large artifact", () => {
  it("is sent in parts, of which one is in memory, and is read whole and in part", async () => {
    const server = await serve();
    const store = storeOf(server);
    const holder = newHolder();
    const content = noise(20 * MIB + 7);
    const { bytes, sha256 } = await store.put(holder, once(content));
    expect({ bytes, sha256 }).toEqual({
      bytes: content.length,
      sha256: createHash("sha256").update(content).digest("hex"),
    });
    const sent = server.log.filter(({ method }) => method === "PUT").map((request) => request.bytes);
    expect(sent).toEqual([8 * MIB, 8 * MIB, 4 * MIB + 7]);
    expect((await buffer(store.read(holder, sha256))).equals(content)).toBe(true);
    const part = await buffer(store.read(holder, sha256, { from: 8 * MIB - 2, to: 8 * MIB + 2 }));
    expect(part).toEqual(content.subarray(8 * MIB - 2, 8 * MIB + 2));
    expect(server.uploads.size).toBe(0);
  });

  it("is not there when a part of it is refused, and its upload is aborted", async () => {
    const server = await serve();
    const store = storeOf(server);
    const holder = newHolder();
    server.faultAlways(({ query }) =>
      query.partNumber === "2" ? { kind: "refuse", status: 403, code: "QuotaExceeded" } : undefined,
    );
    await expect(store.put(holder, once(noise(9 * MIB)))).rejects.toThrow("403 QuotaExceeded");
    expect(server.objects.size + server.uploads.size).toBe(0);
  });

  it("is there although the answer to its last request was lost", async () => {
    const server = await serve();
    const store = storeOf(server);
    const holder = newHolder();
    let isLost = false;
    server.faultAlways(({ method, query }) => {
      if (isLost || method !== "POST" || query.uploadId === undefined) return undefined;
      isLost = true;
      return { kind: "lose" };
    });
    const { sha256 } = await store.put(holder, once(noise(9 * MIB)));
    expect(isLost).toBe(true);
    expect(await store.has(holder, sha256)).toBe(true);
  });

  it("whose upload a dead process has left is swept after a while, and nothing else is", async () => {
    const server = await serve({ pageSize: 1 });
    const store = storeOf(server, ENDLESS_OUTAGE);
    const begun = Date.now();
    // What is left when the store goes away: nothing can be aborted.
    server.faultAlways(({ query }) => (query.partNumber === "2" ? { kind: "reset" } : undefined));
    for (let i = 0; i < 3; i += 1)
      await expect(storeOf(server, ENDLESS_OUTAGE).put(newHolder(), once(noise(9 * MIB)))).rejects.toThrow();
    await expect(
      createS3Store({ ...locationOf(server), prefix: "other" }, { pauseMs: 1, ...ENDLESS_OUTAGE }).put(
        newHolder(),
        once(noise(9 * MIB)),
      ),
    ).rejects.toThrow();
    server.faultAlways();
    expect(server.uploads.size).toBe(4);
    await store.sweep(begun - 1);
    expect(server.uploads.size).toBe(4);
    await store.sweep(Date.now() + 1);
    expect([...server.uploads.values()].map(({ key }) => key)).toEqual([expect.stringMatching(/^other\//)]);
  });
});

it("a store that cannot list uploads is not swept, and that is no fault", async () => {
  const server = await serve();
  const store = storeOf(server);
  server.fault({ kind: "refuse", status: 501, code: "NotImplemented" });
  await store.sweep(Date.now());
  server.fault({ kind: "refuse", status: 403, code: "AccessDenied" });
  await expect(store.sweep(Date.now())).rejects.toThrow("403 AccessDenied");
});

describe("a store that fails for a moment", () => {
  it.each([
    ["is busy", { kind: "refuse", status: 503, code: "SlowDown" }],
    ["breaks off", { kind: "reset" }],
    ["loses its answer", { kind: "lose" }],
  ] as const)("is asked again when it %s", async (_, fault) => {
    const server = await serve();
    const store = storeOf(server);
    const holder = newHolder();
    server.fault(fault);
    const { sha256 } = await store.put(holder, once("kept"));
    server.fault(fault);
    expect(await text(store.read(holder, sha256))).toBe("kept");
    server.fault(fault, fault);
    await store.drop(holder);
    expect(server.objects.size).toBe(0);
  });

  it.each([
    ["breaks off", "break", {}],
    ["stops", "pause", { transferMs: 500 }],
  ] as const)("is read on from where it %s", async (_, kind, patience) => {
    const server = await serve();
    const store = storeOf(server, patience);
    const holder = newHolder();
    const content = noise(500_000);
    const { sha256 } = await store.put(holder, once(content));
    for (const range of [undefined, { from: 100_000, to: 499_999 }]) {
      server.fault({ kind });
      const read = await buffer(store.read(holder, sha256, range));
      expect(read.equals(content.subarray(range?.from, range?.to))).toBe(true);
    }
    const ranges = server.log.filter(({ method }) => method === "GET").map(({ range }) => range);
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-499999$/);
  });
});

describe("a store that is away", () => {
  it("is given up, and then left alone", async () => {
    const server = await serve();
    const store = storeOf(server, ENDLESS_OUTAGE);
    const holder = newHolder();
    server.faultAlways({ kind: "refuse", status: 503, code: "SlowDown" });
    await expect(store.put(holder, once("lost"))).rejects.toThrow(new UnavailableError("S3 answered 503"));
    const asked = server.log.length;
    const untouched = { [Symbol.asyncIterator]: () => expect.unreachable("it is not read") };
    await expect(store.put(holder, untouched)).rejects.toThrow(UnavailableError);
    await expect(text(store.read(holder, "0".repeat(64)))).rejects.toThrow(UnavailableError);
    expect(server.log).toHaveLength(asked);
  });

  it("is away for one request when it never answers, or cannot be connected to", async () => {
    const server = await serve();
    const holder = newHolder();
    server.faultAlways({ kind: "stall" });
    const stalled = storeOf(server, { ...ENDLESS_OUTAGE, tryMs: 20, pauseMs: 60_000 });
    await expect(stalled.put(holder, once("lost"))).rejects.toThrow("S3 cannot be reached: nothing came for 20 ms");
    await expect(stalled.sweep(0)).rejects.toThrow("S3 was away a moment ago");
    await server.down();
    await expect(storeOf(server).has(holder, "0".repeat(64))).rejects.toThrow("S3 cannot be reached: ECONNREFUSED");
    await server.up();
  });

  it("is asked again when it is back", async () => {
    const server = await serve();
    const store = storeOf(server, { outageMs: 1 });
    const holder = newHolder();
    server.faultAlways({ kind: "reset" });
    await expect(store.put(holder, once("lost"))).rejects.toThrow(UnavailableError);
    server.faultAlways();
    await expect.poll(() => store.put(holder, once("kept")).catch(() => "away")).toMatchObject({ bytes: 4 });
  });
});

it("what is being put has no name by which others find it, and nothing is sent before it is whole", async () => {
  const directory = await mkdtemp(join(tmpdir(), "spool-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  vi.stubEnv("TMPDIR", directory);
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = await serve();
  async function* broken() {
    yield noise(100_000);
    expect(await readdir(directory)).toEqual([]);
    throw new Error("cut short");
  }
  await expect(storeOf(server).put(newHolder(), broken())).rejects.toThrow("cut short");
  expect(server.log).toEqual([]);
});
