import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { createClient } from "./client.ts";
import { ConnectionError, PiFleetError } from "./errors.ts";
import { json, problem, ScriptedServer } from "./testing/scripted-server.ts";

const SHA = "ab".repeat(32);

it("lists what an invocation has left", async () => {
  const items = [{ path: "a.txt", bytes: 1, sha256: SHA }];
  await using server = await ScriptedServer.start(json({ items }));
  expect(await createClient({ url: server.url }).artifacts.list("inv_1")).toEqual(items);
  expect(server.requests[0]?.url).toBe("/v1/invocations/inv_1/artifacts");
});

it("downloads one as it comes, from a path of any characters, and tries again when that helps", async () => {
  await using server = await ScriptedServer.start(problem(503, "unavailable"), (response) =>
    response.writeHead(200, { "content-length": 5, etag: `"${SHA}"`, "content-type": "text/plain" }).end("hello"),
  );
  const { body, ...rest } = await createClient({ url: server.url }).artifacts.download("inv_1", "ä b/c?#%.txt");
  expect(rest).toEqual({ bytes: 5, sha256: SHA, contentType: "text/plain" });
  expect(await text(body)).toBe("hello");
  expect(server.requests.map(({ url }) => url)).toEqual(
    Array(2).fill("/v1/invocations/inv_1/artifacts/%C3%A4%20b/c%3F%23%25.txt"),
  );
});

it("downloads a part", async () => {
  await using server = await ScriptedServer.start(json({}));
  const { artifacts } = createClient({ url: server.url });
  for (const range of [{ from: 0, to: 10 }, { from: 5 }])
    await (await artifacts.download("inv_1", "a", { range })).body.cancel();
  expect(server.requests.map(({ headers }) => headers.range)).toEqual(["bytes=0-9", "bytes=5-"]);
});

it("fails for what is not there, and when the connection is cut", async () => {
  await using server = await ScriptedServer.start(problem(404, "artifact_not_found"), (response) => {
    response.writeHead(200, { "content-length": 50 }).write("half", () => response.destroy());
  });
  const { artifacts } = createClient({ url: server.url, retries: 0 });
  await expect(artifacts.download("inv_1", "a")).rejects.toBeInstanceOf(PiFleetError);
  const cut = artifacts.download("inv_1", "a").then(({ body }) => text(body));
  await expect(cut).rejects.toThrow();
  await expect(cut).rejects.not.toBeInstanceOf(ConnectionError);
});

it.each(["", "/a", "a/", "a//b", "..", "a/../b", "./a"])(
  "asks for no path that a URL would change: '%s'",
  async (path) => {
    const { artifacts } = createClient({ url: "http://127.0.0.1:9" });
    await expect(artifacts.download("inv_1", path)).rejects.toBeInstanceOf(TypeError);
  },
);
