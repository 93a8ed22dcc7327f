import { type ModelServer, slow, startModelServer } from "@pifleet/testkit/model-server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Fleet } from "../fleet/fleet.ts";

let models: ModelServer;
let fleet: Fleet;

beforeAll(async () => {
  models = await startModelServer();
  fleet = await Fleet.start({ models: models.modelsFile() });
});
afterAll(async () => {
  await fleet?.stop();
  await models?.close();
});

it("a stream goes on after a restart of the API, with no event missing and none repeated", async () => {
  const words = Array.from({ length: 60 }, (_, i) => `word${i}`).join(" ");
  models.enqueue(slow(50, words));
  const { client, api } = fleet;
  const { id } = await client.invocations.create({ model: "fake/test", input: "Talk." });
  const seen = [];
  let restarted: Promise<unknown> | undefined;
  for await (const event of client.invocations.stream(id)) {
    seen.push(event);
    if (event.type !== "message.delta" || restarted) continue;
    api.kill("SIGKILL");
    restarted = api.exited().then(() => fleet.startApi({ PORT: new URL(api.url).port }));
  }
  await restarted;
  const response = await fleet.fetch(`/v1/invocations/${id}/events?limit=1000`, {
    headers: { accept: "application/json" },
  });
  const { items } = (await response.json()) as { items: unknown[] };
  expect(seen).toEqual(items);
  const text = seen.flatMap((event) => (event.type === "message.delta" ? [event.text] : [])).join("");
  expect(text).toBe(words);
});
