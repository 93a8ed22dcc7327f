import { gunzipSync } from "node:zlib";
import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import { startApi } from "../testing/api.ts";
import { type ApiDocument, endpointsOf } from "./document.ts";

const MAX_PAGE_BYTES = 500_000;
const MAX_SENT_BYTES = 64_000;

async function reference() {
  const api = await startApi(createMemoryBackend({ retentionMs: 60_000 }));
  const response = await api.get("/docs");
  const page = await response.text();
  const files = [...page.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map(([, address = ""]) => address);
  return { api, response, page, files };
}

/** As it goes over the wire; `fetch` would unpack it. */
async function sentBytes(url: string): Promise<Buffer> {
  const { get } = await import("node:http");
  return new Promise((resolve, reject) => {
    get(url, { headers: { "accept-encoding": "gzip" } }, async (message) => {
      expect(message.headers["content-encoding"]).toBe("gzip");
      resolve(Buffer.concat(await message.toArray()));
    }).on("error", reject);
  });
}

describe("the API reference", () => {
  it("shows every operation and every schema of the document", async () => {
    const { api, page } = await reference();
    const document = (await (await api.get("/openapi.json")).json()) as ApiDocument;
    const operations = endpointsOf(document).map(({ operation }) => operation.operationId);
    const schemas = Object.keys(document.components.schemas).map((name) => `schema-${name}`);
    const sections = [...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);
    expect(sections.sort()).toEqual([...operations, ...schemas].sort());
    for (const id of sections) expect(page).toContain(`href="#${id}"`);
  });

  it("shows every field of every schema", async () => {
    const { api, page } = await reference();
    const document = (await (await api.get("/openapi.json")).json()) as ApiDocument;
    const missing = Object.entries(document.components.schemas).flatMap(([name, { properties = {} }]) => {
      const section = page.split(`<section id="schema-${name}"`)[1]?.split("</section>")[0];
      return Object.keys(properties).filter((field) => !section?.includes(`<code class="name">${field}</code>`));
    });
    expect(missing).toEqual([]);
  });

  it("links only to sections that it has", async () => {
    const { page } = await reference();
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });

  it("loads only its own style and script, and may connect to nothing", async () => {
    const { response, page, files } = await reference();
    expect(response.headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    const loaded = [...page.matchAll(/(?:src|href|action)="([^"#][^"]*)"/g)].map(([, address]) => address);
    expect(loaded.sort()).toEqual([...files, "/openapi.json"].sort());
    expect(page).not.toMatch(/<script(?! src=)|<style|<form|<iframe|<img| style="| on\w+="/);
  });

  it("names no foreign origin in the files that it loads", async () => {
    const { api, files } = await reference();
    expect(files).toHaveLength(2);
    for (const file of files) expect(await (await api.get(file)).text()).not.toMatch(/https?:|\/\/[a-z]|@import|url\(/);
  });

  it("is small, and smaller on the wire", async () => {
    const { api, page, files } = await reference();
    expect(page.length).toBeLessThan(MAX_PAGE_BYTES);
    const sent = await Promise.all(["/docs", ...files].map((path) => sentBytes(api.url + path)));
    expect(sent.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(MAX_SENT_BYTES);
    expect(gunzipSync(sent[0] ?? "").toString()).toBe(page);
  });

  it("is sent as it is to clients that refuse gzip", async () => {
    const { api, page } = await reference();
    const response = await api.get("/docs", { "accept-encoding": "gzip;q=0, identity" });
    expect(response.headers.get("content-encoding")).toBeNull();
    expect(await response.text()).toBe(page);
  });

  it("is sent again only when it has changed, and its files never", async () => {
    const { api, response, files } = await reference();
    const etag = response.headers.get("etag") ?? "";
    expect((await api.get("/docs", { "if-none-match": etag })).status).toBe(304);
    for (const file of files)
      expect((await api.get(file)).headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  });

  it("gives a curl command for every operation, with the key from the environment", async () => {
    const { page } = await reference();
    expect(page.match(/<code>curl /g)).toHaveLength(page.match(/<h4>example<\/h4>/g)?.length ?? 0);
    expect(page).toContain("$PIFLEET_URL/v1/invocations/inv_01K9ZQ6T3M8R4W5X7Y9A2B4C6D/cancel");
  });

  it("is where / leads", async () => {
    const { api } = await reference();
    const response = await api.fetch("/", { redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([302, "/docs"]);
  });
});
