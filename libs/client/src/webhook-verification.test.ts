import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebhookVerificationError } from "./errors.ts";
import { verifyWebhook, type WebhookHeaders } from "./webhook-verification.ts";

const SECRET = secretOf(7);
const OTHER = secretOf(8);
const NOW = Date.parse("2030-01-02T03:04:05.678Z");
const ID = "msg_01JZZZZZZZZZZZZZZZZZZZZZZZ";
const event = {
  type: "invocation.succeeded",
  timestamp: "2030-01-02T03:04:05.000Z",
  data: { id: "inv_01JZZZZZZZZZZZZZZZZZZZZZZZ", status: "succeeded", output: "Grüße, 世界 🎉" },
};
const BODY = JSON.stringify(event);

function secretOf(byte: number): string {
  return `whsec_${Buffer.alloc(32, byte).toString("base64")}`;
}

/** The headers of a message as the library of Standard Webhooks signs it. */
function signed(body: string, secrets = [SECRET], atMs = NOW): Record<string, string> {
  const at = new Date(atMs);
  return {
    "webhook-id": ID,
    "webhook-timestamp": String(Math.floor(atMs / 1_000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(ID, at, body)).join(" "),
  };
}

async function faultOf(payload: string | Uint8Array, headers: WebhookHeaders, secret: string | string[] = SECRET) {
  const error = await verifyWebhook(payload, headers, secret).catch((failure) => failure);
  expect(error).toBeInstanceOf(WebhookVerificationError);
  expect(error.message).not.toContain("whsec_");
  return error.code;
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("a message that is signed with the secret is read, with the id that it has over all tries", async () => {
  const told = await verifyWebhook(BODY, signed(BODY), SECRET);
  expect(told).toEqual({ id: ID, ...event });
});

test("the type of an event narrows its record", async () => {
  const told = await verifyWebhook(BODY, signed(BODY), SECRET);
  if (told.type === "invocation.succeeded") expect(told.data.status satisfies "succeeded").toBe("succeeded");
});

test("the library of Standard Webhooks takes what is taken here", () => {
  expect(new Webhook(SECRET).verify(BODY, signed(BODY))).toEqual(event);
});

describe("the body and the headers come as servers have them", () => {
  const headers = signed(BODY);
  const capital = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  test.each<[string, string | Uint8Array, WebhookHeaders]>([
    ["bytes", new TextEncoder().encode(BODY), headers],
    ["a Buffer", Buffer.from(BODY), headers],
    ["a part of a larger buffer", Buffer.from(`xx${BODY}`).subarray(2), headers],
    ["headers of the Web", BODY, new Headers(headers)],
    ["headers in capitals", BODY, capital],
    ["headers as lists", BODY, lists],
  ])("%s", async (_what, payload, given) => {
    expect((await verifyWebhook(payload, given, SECRET)).id).toBe(ID);
  });
});

describe("while a secret is rotated", () => {
  test("a message with two signatures is taken by who knows either secret", async () => {
    const headers = signed(BODY, [OTHER, SECRET]);
    expect((await verifyWebhook(BODY, headers, SECRET)).id).toBe(ID);
    expect((await verifyWebhook(BODY, headers, OTHER)).id).toBe(ID);
    expect(await faultOf(BODY, headers, secretOf(9))).toBe("wrong_signature");
  });

  test("who knows two secrets takes a message with either signature", async () => {
    expect((await verifyWebhook(BODY, signed(BODY, [SECRET]), [OTHER, SECRET])).id).toBe(ID);
    expect((await verifyWebhook(BODY, signed(BODY, [OTHER]), [OTHER, SECRET])).id).toBe(ID);
  });
});

describe("a message is refused", () => {
  test.each([
    ["with another secret", BODY, signed(BODY, [OTHER])],
    ["with another body", BODY.replace("succeeded", "failed"), signed(BODY)],
    ["with a space more", `${BODY} `, signed(BODY)],
    ["with another id", BODY, { ...signed(BODY), "webhook-id": "msg_2" }],
    ["with another time", BODY, { ...signed(BODY), "webhook-timestamp": String(Math.floor(NOW / 1_000) - 1) }],
    ["with a signature of another version", BODY, withSignature((text) => text.replace("v1,", "v2,"))],
    ["with a signature that has no version", BODY, withSignature((text) => text.replace("v1,", ""))],
    ["with a signature that is cut", BODY, withSignature((text) => text.slice(0, -8))],
    ["with a signature that is not base64", BODY, withSignature(() => "v1,%%%%")],
    ["with an empty signature", BODY, withSignature(() => "v1,")],
  ])("%s", async (_what, body, headers) => {
    expect(await faultOf(body, headers)).toBe("wrong_signature");
  });

  test.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("without the header %s", async (name) => {
    expect(await faultOf(BODY, { ...signed(BODY), [name]: undefined })).toBe("missing_header");
    expect(await faultOf(BODY, { ...signed(BODY), [name]: "" })).toBe("missing_header");
  });

  test.each(["soon", "1e9", "-1", "1893553445.5", "0x70e0c525"])("with the time %s", async (timestamp) => {
    expect(await faultOf(BODY, { ...signed(BODY), "webhook-timestamp": timestamp })).toBe("malformed_timestamp");
  });

  test("that is older than five minutes, or so far ahead", async () => {
    const after = (seconds: number) => signed(BODY, [SECRET], NOW + seconds * 1_000);
    expect(await faultOf(BODY, after(-301))).toBe("too_old");
    expect(await faultOf(BODY, after(301))).toBe("too_new");
    expect((await verifyWebhook(BODY, after(-300), SECRET)).id).toBe(ID);
    expect((await verifyWebhook(BODY, after(300), SECRET)).id).toBe(ID);
  });

  test.each(["", "hello", "null", "[]", '{"type":"invocation.succeeded"}'])(
    "that is signed but no event: %j",
    async (body) => {
      expect(await faultOf(body, signed(body))).toBe("malformed_body");
    },
  );

  test("that is not UTF-8", async () => {
    const bytes = Buffer.from([0x22, 0xff, 0x22]);
    const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
    const content = Buffer.concat([Buffer.from(`${ID}.${Math.floor(NOW / 1_000)}.`), bytes]);
    const signature = `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
    expect(await faultOf(bytes, { ...signed(""), "webhook-signature": signature })).toBe("malformed_body");
  });
});

test.each(["", "canary-4711", "whsec_", "whsec_canary!", []])(
  "%j is no secret, and is not repeated",
  async (secret) => {
    const error = await verifyWebhook(BODY, signed(BODY), secret).catch((failure) => failure);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).not.toContain("canary");
  },
);

function withSignature(change: (signature: string) => string): Record<string, string> {
  const headers = signed(BODY);
  return { ...headers, "webhook-signature": change(headers["webhook-signature"] ?? "") };
}
