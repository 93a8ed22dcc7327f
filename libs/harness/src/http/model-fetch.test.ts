import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { modelFetch } from "./model-fetch.ts";
import { ModelHeaders } from "./model-headers.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** The URL of a server that answers so. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("fetch for model requests", () => {
  it("sends a text with its headers, and reads status, headers and body of the answer", async () => {
    const url = await serve(async (request, response) => {
      const body = await buffer(request);
      const { method, headers } = request;
      response.writeHead(201, "Made", { "x-answer": "yes", "x-length": headers["content-length"] });
      response.end(JSON.stringify({ method, key: headers["x-key"], body: body.toString() }));
    });
    const answer = await modelFetch(`${url}/v1`, { method: "POST", headers: { "X-Key": " k " }, body: "grüezi" });
    expect([answer.status, answer.ok, answer.statusText, answer.url]).toEqual([201, true, "Made", `${url}/v1`]);
    expect([answer.headers.get("X-Answer"), answer.headers.get("x-length")]).toEqual(["yes", "7"]);
    expect(await answer.json()).toEqual({ method: "POST", key: "k", body: "grüezi" });
    expect(answer.bodyUsed).toBe(true);
    await expect(answer.text()).rejects.toThrow("read already");
  });

  it("hands on each piece when it arrives, to an iteration and to a reader", async () => {
    const url = await serve((_request, response) => void response.write("one"));
    const { body } = await modelFetch(url);
    const reader = body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    expect(new TextDecoder().decode(value)).toBe("one");
    expect(() => body?.getReader()).toThrow(TypeError);
    await reader?.cancel();
    await expect(reader?.closed).resolves.toBeUndefined();
  });

  it("reads a compressed answer", async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("small"));
    });
    expect(await (await modelFetch(url)).text()).toBe("small");
  });

  it("follows a redirect, and gives no credentials to another origin", async () => {
    const seen: unknown[] = [];
    const target = await serve(async (request, response) => {
      seen.push([request.method, request.headers.authorization, (await buffer(request)).toString()]);
      response.end("there");
    });
    const url = await serve((_request, response) => response.writeHead(307, { location: target }).end());
    const answer = await modelFetch(url, { method: "POST", headers: { authorization: "Bearer k" }, body: "b" });
    expect(await answer.text()).toBe("there");
    expect(seen).toEqual([["POST", undefined, "b"]]);
  });

  it("gives up on redirects without end", async () => {
    const url = await serve((_request, response) => response.writeHead(302, { location: "/" }).end());
    await expect(modelFetch(url)).rejects.toMatchObject({ message: "fetch failed", cause: expect.any(Error) });
  });

  it("rejects with the words of Node's own fetch when nobody answers", async () => {
    const error = await modelFetch("http://127.0.0.1:9/").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: "fetch failed", cause: { code: "ECONNREFUSED" } });
  });

  it("breaks off with the words of Node's own fetch when the connection is cut", async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    });
    const answer = await modelFetch(url);
    await expect(answer.text()).rejects.toMatchObject({ message: "terminated", cause: expect.any(Error) });
  });

  it.each(["before the request", "before the answer", "in the middle of the answer"])("is aborted %s", async (when) => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const abort = () => controller.abort(reason);
    const url = await serve((_request, response) => {
      if (when === "before the answer") abort();
      else response.write("half", abort);
    });
    if (when === "before the request") abort();
    const read = async () => (await modelFetch(url, { signal: controller.signal })).text();
    await expect(read()).rejects.toBe(reason);
  });
});

describe("the headers of model requests", () => {
  it("have names of any case, in order, with the values of one name together", () => {
    const headers = new ModelHeaders([
      ["B", "1"],
      ["a", "2"],
      ["b", "3"],
    ]);
    expect([...headers]).toEqual([
      ["a", "2"],
      ["b", "1, 3"],
    ]);
    headers.delete("A");
    expect([headers.has("a"), headers.get("a"), [...headers.keys()]]).toEqual([false, null, ["b"]]);
    expect([...new ModelHeaders(headers).values()]).toEqual(["1, 3"]);
  });

  it("refuse a name that none can have", () => {
    expect(() => new ModelHeaders({ "a b": "1" })).toThrow(TypeError);
  });
});
