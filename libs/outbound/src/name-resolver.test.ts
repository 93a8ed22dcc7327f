import { lookup } from "node:dns/promises";
import { mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, type NameServer, type Question, startNameServer } from "@pifleet/testkit/name-server";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { NameResolver, type NameResolverOptions } from "./name-resolver.ts";

const SILENT = "silent.example";
const V4 = { address: "192.0.2.7", family: 4 };
const V6 = { address: "2001:db8::7", family: 6 };

/** Knows `known.example`, says nothing of names below `silent.example`, and knows that there is no other name. */
function answerTo({ name }: Question): Answer | undefined {
  if (name.endsWith(SILENT)) return undefined;
  return name === "known.example" ? [V6.address, V4.address] : "no such name";
}

async function nameServer(answer: (question: Question) => Answer | undefined = answerTo): Promise<NameServer> {
  const server = await startNameServer(answer);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

describe("the resolver of names that clients choose", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "pifleet-names-"));
    await write(
      "hosts",
      "127.0.0.1 localhost # here\n\n10.1.2.3\tCollector collector.local\n::1 localhost\nno.address x\n",
    );
    await write("resolv.conf", "nameserver 127.0.0.1\n");
  });
  afterEach(() => rm(directory, { recursive: true }));

  const write = (name: string, text: string) => writeFile(join(directory, name), text);
  const asking = (server: NameServer, options: NameResolverOptions = {}) =>
    new NameResolver({
      servers: [server.address],
      hostsPath: join(directory, "hosts"),
      searchPath: join(directory, "resolv.conf"),
      ...options,
    });

  it("finds the addresses of both families, or of the one that is wanted", async () => {
    const resolver = asking(await nameServer());
    expect(await resolver.resolve("known.example")).toEqual([V4, V6]);
    expect(await resolver.resolve("known.example", { family: 4 })).toEqual([V4]);
    expect(await resolver.resolve("known.example", { family: 6 })).toEqual([V6]);
  });

  it("goes on beside 64 names of a silent name server, and so does everything that needs a thread", async () => {
    const server = await nameServer();
    const resolver = asking(server);
    const silent = Array.from({ length: 64 }, (_, i) => resolver.resolve(`n${i}.${SILENT}`).catch(({ code }) => code));
    let ended = 0;
    for (const one of silent) void one.finally(() => (ended += 1));
    await server.until(() => new Set(server.questions.map(({ name }) => name)).size >= 64);
    expect(await resolver.resolve("known.example")).toEqual([V4, V6]);
    // The connection to Redis gets its address from `getaddrinfo`, in one of the few threads of the process.
    expect(await lookup("localhost")).toHaveProperty("address");
    expect(await readFile(join(directory, "hosts"), "utf8")).not.toBe("");
    expect(ended).toBe(0);
    expect(new Set(await Promise.all(silent))).toEqual(new Set(["ETIMEOUT"]));
  });

  it("gives a name up when its time is over, however many candidates it still has", async () => {
    await write("resolv.conf", `search a.${SILENT} b.${SILENT} c.${SILENT}\noptions timeout:1 ndots:5\n`);
    const server = await nameServer();
    const failure = asking(server, { limitMs: 50 }).resolve("collector.team");
    await expect(failure).rejects.toMatchObject({ name: "NameError", code: "ETIMEOUT" });
    expect(new Set(server.questions.map(({ name }) => name))).toEqual(new Set([`collector.team.a.${SILENT}`]));
  });

  it("takes names from the hosts file, whatever their letters, and asks nobody", async () => {
    const server = await nameServer();
    const resolver = asking(server);
    expect(await resolver.resolve("COLLECTOR")).toEqual([{ address: "10.1.2.3", family: 4 }]);
    expect(await resolver.resolve("collector.local")).toEqual([{ address: "10.1.2.3", family: 4 }]);
    expect((await resolver.resolve("localhost")).map(({ address }) => address)).toEqual(["127.0.0.1", "::1"]);
    await expect(resolver.resolve("collector", { family: 6 })).rejects.toMatchObject({ code: "ENODATA" });
    expect(server.questions).toEqual([]);
  });

  it("knows the names below localhost where the hosts file says nothing, and where there is none", async () => {
    const server = await nameServer();
    const resolver = asking(server, { hostsPath: join(directory, "absent") });
    for (const name of ["localhost", "a.localhost"])
      expect((await resolver.resolve(name)).map(({ address }) => address)).toEqual(["127.0.0.1", "::1"]);
    expect(server.questions).toEqual([]);
  });

  it("sees that the hosts file has changed", async () => {
    vi.spyOn(performance, "now").mockImplementation(() => nowMs);
    onTestFinished(() => void vi.restoreAllMocks());
    let nowMs = 0;
    const resolver = asking(await nameServer());
    await expect(resolver.resolve("later.local")).rejects.toMatchObject({ code: "ENOTFOUND" });
    await write("hosts", "10.9.9.9 later.local\n");
    await utimes(join(directory, "hosts"), 1, 1);
    nowMs += 6_000;
    expect(await resolver.resolve("later.local")).toEqual([{ address: "10.9.9.9", family: 4 }]);
  });

  it("completes short names by the search list, and asks for long ones as they are first", async () => {
    await write("resolv.conf", "search team.svc.cluster svc.cluster. \noptions ndots:2\n");
    const server = await nameServer(({ name }) => (name === "sink.svc.cluster" ? [V4.address] : "no such name"));
    const resolver = asking(server);
    expect(await resolver.resolve("sink")).toEqual([V4]);
    await expect(resolver.resolve("a.b.c")).rejects.toMatchObject({ code: "ENOTFOUND" });
    await expect(resolver.resolve("absolute.")).rejects.toMatchObject({ code: "ENOTFOUND" });
    expect(server.questions.filter(({ type }) => type === "A").map(({ name }) => name)).toEqual([
      "sink.team.svc.cluster",
      "sink.svc.cluster",
      "a.b.c",
      "a.b.c.team.svc.cluster",
      "a.b.c.svc.cluster",
      "absolute",
    ]);
  });

  it("does not wait for a family that the name server never answers for", async () => {
    const resolver = asking(await nameServer(({ type }) => (type === "A" ? [V4.address] : undefined)));
    expect(await resolver.resolve("half.example")).toEqual([V4]);
  });

  it("asks again for what got lost on the way", async () => {
    const seen = new Set<string>();
    const resolver = asking(
      await nameServer(({ name, type }) => {
        const question = `${name} ${type}`;
        return seen.has(question) ? [V4.address, V6.address] : void seen.add(question);
      }),
    );
    expect(await resolver.resolve("lossy.example")).toEqual([V4, V6]);
  });

  it.each(["a b", "x".repeat(300), "ä\u0000"])("fails for %j, which no name server knows", async (name) => {
    await expect(asking(await nameServer()).resolve(name)).rejects.toMatchObject({ name: "NameError" });
  });
});
