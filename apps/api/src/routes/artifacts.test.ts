import { connect } from "node:net";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import {
  type Artifact,
  type ArtifactStore,
  type Backend,
  NO_USAGE,
  newInvocationId,
  UnavailableError,
} from "@pifleet/invocation";
import { createMemoryBackend, MemoryArtifactStore } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import { storedKeysAuthenticator } from "../stored-keys.ts";
import { problemOf, startApi, type TestApi } from "../testing/api.ts";
import { bearer, storeKey } from "../testing/keys.ts";
import { recordOf, startAttempt } from "../testing/runs.ts";

const REPORT = "0123456789";

interface Stage {
  readonly api: TestApi;
  readonly backend: Backend;
  readonly artifacts: ArtifactStore;
  /** Where the artifacts of the ended invocation are. */
  readonly base: string;
  readonly kept: Artifact[];
}

/** An API with an invocation that has ended and left files. */
async function stage(
  contents: Record<string, string> = { "report.md": REPORT },
  { retentionMs = 60_000, artifacts = new MemoryArtifactStore() as ArtifactStore } = {},
): Promise<Stage> {
  const backend = createMemoryBackend({ retentionMs });
  const api = await startApi(backend, { artifacts });
  const { id } = await recordOf(backend, "default");
  const attempt = await startAttempt(backend, id);
  const kept: Artifact[] = [];
  for (const [path, content] of Object.entries(contents))
    kept.push({ path, ...(await artifacts.put({ id, attempt }, Readable.from([Buffer.from(content)]))) });
  const outcome = { status: "succeeded", output: "", error: null, messages: [], usage: NO_USAGE } as const;
  await backend.store.settle(id, attempt, {
    kind: "final",
    outcome: { ...outcome, messages: [] },
    artifacts: kept,
  });
  return { api, backend, artifacts, base: `/v1/invocations/${id}/artifacts`, kept };
}

describe("the list of artifacts", () => {
  it("is that of the record", async () => {
    const { api, base, kept } = await stage({ "report.md": REPORT, "data/a b.csv": "" });
    expect(await (await api.get(base)).json()).toEqual({ items: kept });
    expect(await (await api.get(base.replace("/artifacts", ""))).json()).toMatchObject({ artifacts: kept });
  });

  it("is empty while the invocation runs, and unknown without one", async () => {
    const api = await startApi(createMemoryBackend({ retentionMs: 60_000 }));
    const { id } = await api.submit();
    expect(await (await api.get(`/v1/invocations/${id}/artifacts`)).json()).toEqual({ items: [] });
    const missing = await api.get(`/v1/invocations/${newInvocationId()}/artifacts`);
    expect(await problemOf(missing)).toMatchObject({ status: 404, code: "invocation_not_found" });
  });
});

describe("the download of an artifact", () => {
  it("is its content, to be saved and not to be shown", async () => {
    const { api, base, kept } = await stage();
    const response = await api.get(`${base}/report.md`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-length": "10",
      "content-type": "text/markdown; charset=utf-8",
      "content-disposition": 'attachment; filename="report.md"',
      "x-content-type-options": "nosniff",
      "accept-ranges": "bytes",
      "cache-control": "no-store",
      etag: `"${kept[0]?.sha256}"`,
    });
    expect(await response.text()).toBe(REPORT);
  });

  it.each([
    ["data/deep/a b.csv", "data/deep/a%20b.csv", "text/csv; charset=utf-8", 'filename="a b.csv"'],
    ["data/deep/a b.csv", "data%2Fdeep%2Fa%20b.csv", "text/csv; charset=utf-8", 'filename="a b.csv"'],
    ["page.html", "page.html", "application/octet-stream", 'filename="page.html"'],
    ["image.SVG", "image.SVG", "application/octet-stream", 'filename="image.SVG"'],
    ["no extension", "no%20extension", "application/octet-stream", 'filename="no extension"'],
    [
      'ä"%.txt',
      "%C3%A4%22%25.txt",
      "text/plain; charset=utf-8",
      "filename=\"___.txt\"; filename*=UTF-8''%C3%A4%22%25.txt",
    ],
    ["...", "...", "application/octet-stream", 'filename="..."'],
  ])("is found by its path and safely named: %s at %s", async (path, url, type, name) => {
    const { api, base } = await stage({ [path]: "found" });
    const response = await api.get(`${base}/${url}`);
    expect(await response.text()).toBe("found");
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("content-disposition")).toBe(`attachment; ${name}`);
  });

  it("may be empty", async () => {
    const { api, base } = await stage({ empty: "" });
    const response = await api.get(`${base}/empty`);
    expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([200, "0", ""]);
  });

  it.each([
    ["bytes=0-3", 206, "0123", "bytes 0-3/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=-1", 206, "9", "bytes 9-9/10"],
    ["bytes=0-1,3-4", 200, REPORT, null],
    ["nonsense", 200, REPORT, null],
  ])("is a part when that is asked for: %s", async (range, status, content, told) => {
    const { api, base } = await stage();
    const response = await api.get(`${base}/report.md`, { range });
    expect(response.status).toBe(status);
    expect(response.headers.get("content-range")).toBe(told);
    expect(response.headers.get("content-length")).toBe(String(content.length));
    expect(await response.text()).toBe(content);
  });

  it("is refused for a part that is not there: 416", async () => {
    const { api, base } = await stage();
    const response = await api.get(`${base}/report.md`, { range: "bytes=10-" });
    expect(response.headers.get("content-range")).toBe("bytes */10");
    expect(await problemOf(response)).toMatchObject({ status: 416, code: "range_not_satisfiable" });
  });

  it("is a part of what the client has, or all", async () => {
    const { api, base, kept } = await stage();
    const ask = (tag: string) => api.get(`${base}/report.md`, { range: "bytes=5-", "if-range": tag });
    expect((await ask(`"${kept[0]?.sha256}"`)).status).toBe(206);
    for (const tag of ['"other"', `W/"${kept[0]?.sha256}"`, "Wed, 21 Oct 2015 07:28:00 GMT"])
      expect(await (await ask(tag)).text()).toBe(REPORT);
  });

  it("is not sent to a client that has it", async () => {
    const { api, base, kept } = await stage();
    const tag = `"${kept[0]?.sha256}"`;
    for (const header of [tag, `"x", W/${tag}`, "*"]) {
      const response = await api.get(`${base}/report.md`, { "if-none-match": header });
      expect([response.status, await response.text()]).toEqual([304, ""]);
    }
    expect((await api.get(`${base}/report.md`, { "if-none-match": '"x"' })).status).toBe(200);
  });

  it("tells with HEAD what GET would, and sends nothing", async () => {
    const { api, base } = await stage();
    const get = await api.get(`${base}/report.md`);
    const head = await api.fetch(`${base}/report.md`, { method: "HEAD" });
    const headersOf = (response: Response) => {
      const {
        date: _date,
        connection: _connection,
        "keep-alive": _alive,
        "x-request-id": _request,
        ...headers
      } = Object.fromEntries(response.headers);
      return headers;
    };
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(headersOf(head)).toEqual(headersOf(get));
    await get.text();
    expect((await api.fetch(`${base}/other`, { method: "HEAD" })).status).toBe(404);
  });

  it.each(["other", "report.md/", "REPORT.md", "report.md%20"])("is unknown at another path: %s", async (path) => {
    const { api, base } = await stage();
    const response = await api.get(`${base}/${path}`);
    expect([400, 404]).toContain(response.status);
    await problemOf(response);
  });

  it.each([
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd",
    "a/../report.md",
    "./report.md",
    "/etc/passwd",
    "%2Fetc%2Fpasswd",
    "..%5c..%5creport.md",
    "report.md%00",
    "C:%5creport.md",
    "a//report.md",
    "%ff%fe",
    "",
  ])("is refused for a path that leads elsewhere: %s", async (path) => {
    const { api, base } = await stage();
    const answer = await raw(api.url, `GET ${base}/${path} HTTP/1.1`);
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(answer).toContain("application/problem+json");
  });

  it("is another tenant's affair: 404, as if there were none", async () => {
    const { backend, artifacts, base } = await stage();
    const keyed = await startApi(backend, {
      artifacts,
      authenticator: storedKeysAuthenticator({ apiKeys: backend.apiKeys, rate: null }),
    });
    const theirs = await storeKey(backend, { tenant: "acme" });
    for (const path of ["", "/report.md"]) {
      const response = await keyed.get(base + path, bearer(theirs.text));
      expect(await problemOf(response)).toMatchObject({ status: 404, code: "invocation_not_found" });
    }
    const ours = await storeKey(backend, { tenant: "default" });
    expect(await (await keyed.get(`${base}/report.md`, bearer(ours.text))).text()).toBe(REPORT);
    const blind = await storeKey(backend, { tenant: "default", scopes: ["invocations:write"] });
    expect((await keyed.get(`${base}/report.md`, bearer(blind.text))).status).toBe(403);
    expect((await keyed.get(`${base}/report.md`)).status).toBe(401);
  });

  it("is over with the retention", async () => {
    const { api, base } = await stage({ "report.md": REPORT }, { retentionMs: 1 });
    await expect.poll(async () => (await api.get(`${base}/report.md`)).status).toBe(404);
  });

  it("says so when the content is not where this API looks", async () => {
    const { api, artifacts, base } = await stage();
    for await (const holder of artifacts.holders()) await artifacts.drop(holder);
    expect(await problemOf(await api.get(`${base}/report.md`))).toMatchObject({
      status: 404,
      code: "artifact_content_not_found",
    });
  });

  it("is to be tried again when the store cannot be reached", async () => {
    const { api, artifacts, base } = await stage();
    artifacts.has = () => Promise.reject(new UnavailableError("the store is away"));
    const answer = await api.get(`${base}/report.md`);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(await problemOf(answer)).toMatchObject({ status: 503, code: "unavailable" });
  });

  it("is read no faster than it is taken, and no further when the client leaves", async () => {
    const { backend, artifacts, base, kept } = await stage();
    let given = 0;
    let left: () => void;
    const gone = new Promise<void>((resolve) => {
      left = resolve;
    });
    async function* endless() {
      try {
        for (;;) {
          given += 65_536;
          yield Buffer.alloc(65_536);
        }
      } finally {
        left();
      }
    }
    const has = artifacts.has.bind(artifacts);
    const api = await startApi(backend, { artifacts: { has, read: endless } });
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${base}/${kept[0]?.path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    socket.pause();
    let before = -1;
    const isHeldUp = () => {
      const same = given > 0 && given === before;
      before = given;
      return same;
    };
    await expect.poll(isHeldUp, { interval: 200 }).toBe(true);
    expect(given).toBeLessThan(32_000_000);
    socket.destroy();
    await gone;
  });
});

/** The answer to a request whose line no client has tidied up. */
async function raw(url: string, line: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`${line}\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  return text(socket);
}

/** A store that gives other bytes than it was given. */
function forging(forge: (bytes: Buffer) => Buffer): ArtifactStore {
  const store = new MemoryArtifactStore();
  const read = store.read.bind(store);
  store.read = async function* (holder, sha256) {
    const bytes = forge(await buffer(read(holder, sha256)));
    for (let i = 0; i < bytes.length; i += 65_536) yield bytes.subarray(i, i + 65_536);
  };
  return store;
}

describe("an artifact that something has written to", () => {
  const forged = (bytes: Buffer) => Buffer.from(bytes.toString().replace(/.$/, "X"));

  it("is answered with a problem, logged and counted", async () => {
    const { api, base } = await stage({ "report.md": REPORT }, { artifacts: forging(forged) });
    for (const headers of [undefined, { range: "bytes=0-1" }]) {
      const response = await api.get(`${base}/report.md`, headers);
      expect(await problemOf(response)).toMatchObject({ status: 500, code: "artifact_damaged" });
    }
    expect(api.log.join("")).toContain("an artifact is damaged");
    expect(await (await api.get("/metrics")).text()).toContain("pifleet_artifacts_damaged_total 2\n");
  });

  it("breaks off before its end when it is long", async () => {
    const { api, base } = await stage({ "long.bin": "0".repeat(3_000_000) }, { artifacts: forging(forged) });
    const response = await api.get(`${base}/long.bin`);
    expect(response.headers.get("content-length")).toBe("3000000");
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect(api.log.join("")).toContain("an artifact is damaged");
  });

  it("is not there to be seen in a part of a long one, either", async () => {
    const { api, base } = await stage({ "long.bin": "0".repeat(3_000_000) }, { artifacts: forging(forged) });
    const response = await api.get(`${base}/long.bin`, { range: "bytes=0-99" });
    expect(await problemOf(response)).toMatchObject({ status: 500, code: "artifact_damaged" });
  });
});
