import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { signedHeaders } from "./signature.ts";

const SIGNED = { messageId: "msg_1", body: '{"ä":1}', at: new Date(1_760_000_000_999) };
const keys = [Buffer.alloc(24, "one"), Buffer.alloc(64, "two")];
const secrets = keys.map((key) => `whsec_${key.toString("base64")}`);

it("a signature is an HMAC of id, seconds and body, as Standard Webhooks has it, one for each secret", () => {
  const expected = keys.map((key) => {
    const hmac = createHmac("sha256", key).update(`msg_1.1760000000.${SIGNED.body}`).digest("base64");
    return `v1,${hmac}`;
  });
  expect(signedHeaders(SIGNED, secrets)).toEqual({
    "webhook-id": "msg_1",
    "webhook-timestamp": "1760000000",
    "webhook-signature": expected.join(" "),
  });
});

it("a secret may lack the padding of its base64", () => {
  const key = Buffer.alloc(25, "three").toString("base64");
  const [padded, unpadded] = [`whsec_${key}`, `whsec_${key.replace(/=+$/, "")}`].map((secret) =>
    signedHeaders(SIGNED, [secret]),
  );
  expect(unpadded).toEqual(padded);
});

it("without a secret there is no signature", () => {
  expect(signedHeaders(SIGNED, [])).not.toHaveProperty("webhook-signature");
});
