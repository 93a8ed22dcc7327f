import { createHash, createHmac } from "node:crypto";
import { expect, it, onTestFinished } from "vitest";
import { type S3Server, startS3Server } from "./s3-server.ts";

const BODY = "kept";

interface Tampered {
  readonly date?: Date;
  readonly sent?: string;
  readonly region?: string;
  readonly unsigned?: Record<string, string>;
}

/** Puts an object, signed by hand as the protocol's description says; it may be changed after that. */
async function put(server: S3Server, { date = new Date(), sent = BODY, region, unsigned = {} }: Tampered = {}) {
  const { account, endpoint } = server;
  const time = date.toISOString().replace(/[:-]|\.\d{3}/g, "");
  const scope = `${time.slice(0, 8)}/${region ?? server.region}/s3/aws4_request`;
  const payload = digest(BODY);
  const names = "host;x-amz-content-sha256;x-amz-date";
  const lines = [`host:${new URL(endpoint).host}`, `x-amz-content-sha256:${payload}`, `x-amz-date:${time}`];
  const canonical = ["PUT", "/artifacts/key", "", ...lines, "", names, payload].join("\n");
  const key = [...scope.split("/")].reduce<string | Buffer>(hmac, `AWS4${account.secretAccessKey}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, digest(canonical)].join("\n")).toString("hex");
  const credential = `Credential=${account.accessKeyId}/${scope}`;
  const headers = {
    ...unsigned,
    "x-amz-date": time,
    "x-amz-content-sha256": payload,
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
  const response = await fetch(`${endpoint}/artifacts/key`, { method: "PUT", headers, body: sent });
  return `${response.status} ${/<Code>(\w+)/.exec(await response.text())?.[1] ?? ""}`.trim();
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

it.each<[string, string, Tampered]>([
  ["takes what is signed", "200", {}],
  ["refuses a body that was changed", "400 XAmzContentSHA256Mismatch", { sent: "changed" }],
  ["refuses what was signed long ago", "403 RequestTimeTooSkewed", { date: new Date(Date.now() - 3_600_000) }],
  ["refuses what is signed for another region", "400 AuthorizationHeaderMalformed", { region: "elsewhere" }],
  ["refuses a header of its own that is not signed", "403 AccessDenied", { unsigned: { "x-amz-acl": "public-read" } }],
])("the fake S3 %s", async (_, answer, tampered) => {
  const server = await startS3Server();
  onTestFinished(() => server.close());
  expect(await put(server, tampered)).toBe(answer);
  expect([...server.objects.keys()]).toEqual(answer === "200" ? ["key"] : []);
});

it("the fake S3 refuses what is not signed", async () => {
  const server = await startS3Server();
  onTestFinished(() => server.close());
  expect((await fetch(`${server.endpoint}/artifacts/key`)).status).toBe(403);
});
