import { InvocationId } from "@pifleet/invocation";
import { AddressGuard } from "@pifleet/outbound";
import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import { problemOf, SUBMISSION, startApi } from "../testing/api.ts";

const memory = () => createMemoryBackend({ retentionMs: 60_000 });
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const webhook = { url: "https://example.com/hook?token=canary", events: ["invocation.failed"], secret: SECRET };

describe("the webhook of a submission", () => {
  it("is kept for whoever delivers, and shown without its secret and its query", async () => {
    const api = await startApi(memory());
    const record = await api.submit({ webhook });
    const stored = await api.backend.store.get("default", InvocationId.parse(record.id));
    expect(stored?.submission.webhook).toEqual(webhook);
    const paths = [`/v1/invocations/${record.id}`, `/v1/invocations/${record.id}/events`, "/v1/invocations"];
    const shown = await Promise.all(
      [...paths, "/openapi.json"].map(async (path) => (await api.get(path, { accept: "application/json" })).text()),
    );
    expect(`${JSON.stringify(record)}${shown}${api.log}`).not.toMatch(/canary|whsec_[A-Za-z\d]/);
  });

  it("may lead to an address that the deployment allows, and to no other", async () => {
    const api = await startApi(memory(), { addressGuard: new AddressGuard({ allow: ["loopback"] }) });
    await api.submit({ webhook: { url: "http://127.0.0.1:9/" } });
    const url = "http://10.0.0.1/?token=canary";
    const response = await api.post("/v1/invocations", { ...SUBMISSION, webhook: { ...webhook, url } });
    const text = await response.clone().text();
    expect(await problemOf(response)).toMatchObject({
      status: 400,
      code: "address_refused",
      errors: [{ pointer: "/webhook/url", detail: expect.stringContaining("private") }],
    });
    expect(text + api.log).not.toMatch(/canary|whsec_/);
    expect((await api.backend.admission.standing()).waiting).toBe(1);
  });

  it.each([
    ["a URL that is none", { url: "canary" }, "/webhook/url"],
    ["another protocol", { url: "gopher://example.com/canary" }, "/webhook/url"],
    ["an unknown event type", { events: ["canary"] }, "/webhook/events/0"],
    ["a secret of another form", { secret: "canary" }, "/webhook/secret"],
    ["an unknown field", { headers: { authorization: "canary" } }, "/webhook/headers"],
  ])("is refused with %s", async (_, changes, pointer) => {
    const api = await startApi(memory());
    const response = await api.post("/v1/invocations", { ...SUBMISSION, webhook: { ...webhook, ...changes } });
    const text = await response.clone().text();
    expect((await problemOf(response)).errors?.map((error) => error.pointer)).toEqual([pointer]);
    expect(text + api.log).not.toMatch(/canary|whsec_[A-Za-z\d]/);
  });

  it("belongs to what an idempotency key stands for", async () => {
    const api = await startApi(memory());
    const headers = { "idempotency-key": "k" };
    await api.submit({ webhook }, headers);
    const response = await api.post("/v1/invocations", { ...SUBMISSION, webhook: { url: webhook.url } }, headers);
    expect(response.status).toBe(422);
  });
});
