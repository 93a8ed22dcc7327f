import type { LookupAddress, LookupOptions } from "node:dns";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, request as requestHttp } from "node:http";
import { createServer as createHttpsServer, type RequestOptions, request as requestHttps } from "node:https";
import { type AddressInfo, isIP, type Server } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { AddressGuard } from "./address-guard.ts";
import { ForbiddenAddressError } from "./forbidden-address-error.ts";

/** A cipher with a key that both sides know: the server needs no certificate. */
const SHARED_KEY = { ciphers: "PSK", maxVersion: "TLSv1.2" } as const;
const psk = Buffer.from("shared by both sides");
const CLIENT: RequestOptions & ConnectionOptions = {
  ...SHARED_KEY,
  pskCallback: () => ({ psk, identity: "client" }),
  checkServerIdentity: () => undefined,
};

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => server.close() && once(server, "close")));
});

/** A server on all of the machine's IPv4 addresses, that keeps its connections and counts them. */
async function listen(protocol: "http:" | "https:" = "http:") {
  const connectedTo: (string | undefined)[] = [];
  const answer: RequestListener = (_, response) => response.end("it answered");
  const server =
    protocol === "http:" ? createServer(answer) : createHttpsServer({ ...SHARED_KEY, pskCallback: () => psk }, answer);
  server.on("connection", (socket) => connectedTo.push(socket.localAddress));
  server.listen(0, "0.0.0.0");
  await once(server, "listening");
  servers.push(server);
  return { port: (server.address() as AddressInfo).port, connectedTo };
}

/** A name server with these answers, the last of them for ever. */
function nameServer(...answers: string[][]) {
  const asked: string[] = [];
  const resolve = async (name: string, _: LookupOptions): Promise<LookupAddress[]> => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(name);
    return answer.map((address) => ({ address, family: isIP(address) }));
  };
  return { asked, resolve };
}

/** Asks as a webhook or an exporter does, and resolves to the text of the answer. */
async function get(guard: AddressGuard, text: string, options: RequestOptions = {}): Promise<string> {
  const url = new URL(text);
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  const { agent } = guard.connectionTo(url);
  const outgoing = request(url, { ...CLIENT, ...options, agent }).end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  return (await response.setEncoding("utf8").toArray()).join("");
}

describe.each(["http:", "https:"] as const)("a request over %s", (protocol) => {
  it("reaches an address that is allowed", async () => {
    const { port, connectedTo } = await listen(protocol);
    const guard = new AddressGuard({ allow: ["loopback"] });
    expect(await get(guard, `${protocol}//127.0.0.1:${port}/`)).toBe("it answered");
    expect(connectedTo).toEqual(["127.0.0.1"]);
  });

  it("reaches a name whose address is allowed", async () => {
    const { port, connectedTo } = await listen(protocol);
    const { resolve, asked } = nameServer(["127.0.0.1"]);
    const guard = new AddressGuard({ allow: ["127.0.0.1/32"], resolve });
    expect(await get(guard, `${protocol}//hooks.example.com:${port}/`)).toBe("it answered");
    expect([connectedTo, asked]).toEqual([["127.0.0.1"], ["hooks.example.com"]]);
  });

  it.each(["127.0.0.1", "2130706433", "0x7f.1", "0", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"])(
    "is refused before it connects to %s, also when nobody looked at the URL before",
    async (host) => {
      const { port, connectedTo } = await listen(protocol);
      await expect(get(new AddressGuard(), `${protocol}//${host}:${port}/`)).rejects.toThrow(ForbiddenAddressError);
      expect(connectedTo).toEqual([]);
    },
  );

  it("is refused when the name has got another address since it was checked", async () => {
    const { port, connectedTo } = await listen(protocol);
    const { resolve } = nameServer(["127.0.0.1"], ["127.0.0.2"]);
    const guard = new AddressGuard({ allow: ["127.0.0.1/32"], resolve });
    const url = `${protocol}//rebinding.example.com:${port}/`;
    expect(guard.refusal(new URL(url))).toBeUndefined();
    expect(await get(guard, url)).toBe("it answered");
    await expect(get(guard, url)).rejects.toThrow(ForbiddenAddressError);
    expect(connectedTo).toEqual(["127.0.0.1"]);
  });

  it("asks for the name once, and connects to that answer", async () => {
    const { port, connectedTo } = await listen(protocol);
    const { resolve, asked } = nameServer(["127.0.0.1"], ["127.0.0.2"]);
    const guard = new AddressGuard({ allow: ["127.0.0.1/32"], resolve });
    await get(guard, `${protocol}//rebinding.example.com:${port}/`);
    expect([asked.length, connectedTo]).toEqual([1, ["127.0.0.1"]]);
  });

  it("makes a connection of its own, though the server would keep the last one", async () => {
    const { port, connectedTo } = await listen(protocol);
    const { resolve, asked } = nameServer(["127.0.0.1"]);
    const guard = new AddressGuard({ allow: ["loopback"], resolve });
    const headers = { connection: "keep-alive" };
    await get(guard, `${protocol}//hooks.example.com:${port}/1`, { headers });
    await get(guard, `${protocol}//hooks.example.com:${port}/2`, { headers });
    expect([asked.length, connectedTo.length]).toEqual([2, 2]);
  });

  it("cannot bring a lookup of its own", async () => {
    const { port, connectedTo } = await listen(protocol);
    const guard = new AddressGuard({ resolve: nameServer(["127.0.0.1"]).resolve });
    const options: RequestOptions = { lookup: (_name, _options, callback) => callback(null, "127.0.0.1", 4) };
    await expect(get(guard, `${protocol}//a.example.com:${port}/`, options)).rejects.toThrow(ForbiddenAddressError);
    expect(connectedTo).toEqual([]);
  });

  it.each([true, false])(
    "hands on checked addresses only, when Node may try several (autoSelectFamily: %s)",
    async (autoSelectFamily) => {
      const { port, connectedTo } = await listen(protocol);
      const { resolve } = nameServer(["127.0.0.3", "::1", "127.0.0.1", "10.0.0.1"]);
      const guard = new AddressGuard({ allow: ["127.0.0.1/32"], resolve });
      const options = { autoSelectFamily } as RequestOptions;
      expect(await get(guard, `${protocol}//mixed.example.com:${port}/`, options)).toBe("it answered");
      expect(connectedTo).toEqual(["127.0.0.1"]);
    },
  );
});

describe("what a name server answers", () => {
  it.each([
    [["127.0.0.1"], "loopback"],
    [["::1"], "loopback"],
    [["10.0.0.1", "192.168.0.1"], "private"],
    [["169.254.169.254"], "cloud metadata"],
    [["fd00:ec2::254"], "cloud metadata"],
    [["fe80::1%lo"], "link-local"],
    [["::ffff:127.0.0.1"], "IPv4-mapped"],
    [["::ffff:8.8.8.8"], "IPv4-mapped"],
    [["64:ff9b::7f00:1"], "NAT64"],
    [["2002:7f00:1::"], "6to4"],
    [["100.64.0.1", "::1"], "carrier-grade NAT"],
    [["0.0.0.0"], "unspecified"],
    [["::"], "unspecified"],
    [["0x7f.1"], "invalid"],
    [[], "invalid"],
  ])("is refused when all of it is: %j (%s)", async (addresses, kind) => {
    const { resolve } = nameServer(addresses);
    const failure = get(new AddressGuard({ resolve }), "http://hooks.example.com:9/path?token=1");
    await expect(failure).rejects.toMatchObject({
      code: "forbidden_address",
      host: "hooks.example.com",
      kind,
      message: `hooks.example.com must not be connected to: its address is not public (${kind})`,
    });
  });

  it("is passed on when it is a failure, which is not forbidden", async () => {
    const missing = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    const guard = new AddressGuard({ resolve: () => Promise.reject(missing) });
    await expect(get(guard, "http://missing.example.com/")).rejects.toBe(missing);
    expect(guard.connectionTo(new URL("http://missing.example.com/")).isForbidden(missing)).toBe(false);
  });
});
