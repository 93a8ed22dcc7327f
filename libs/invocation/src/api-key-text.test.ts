import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ApiKeyId } from "./api-key.ts";
import { apiKeyText, digestOfSecret, newApiKeySecret, parseApiKeyText } from "./api-key-text.ts";
import { newUlid } from "./id.ts";
import { Redactor } from "./redaction/redactor.ts";

const id = ApiKeyId.parse(`key_${newUlid()}`);

describe("the text of an API key", () => {
  it("tells the id and the secret, also when the secret holds the signs of base64url", () => {
    for (const secret of [newApiKeySecret(), `_-_${"a".repeat(37)}_-_`]) {
      const text = apiKeyText({ id, secret });
      expect(text).toBe(`pifleet_${id.slice(4)}_${secret}`);
      expect(parseApiKeyText(text)).toEqual({ id, secret });
    }
  });

  it("holds a secret of 32 bytes, another one each time", () => {
    const secrets = Array.from({ length: 100 }, newApiKeySecret);
    for (const secret of secrets) expect(Buffer.from(secret, "base64url")).toHaveLength(32);
    expect(new Set(secrets).size).toBe(100);
  });

  it("is nothing but this form", () => {
    const text = apiKeyText({ id, secret: newApiKeySecret() });
    const others = ["", "pifleet_", text.slice(1), text.slice(0, -1), `${text}a`, ` ${text}`, `${text}\n`];
    for (const other of [...others, text.toLowerCase(), text.replaceAll("_", "-"), text.slice(0, 35)])
      expect(parseApiKeyText(other)).toBeNull();
  });

  it("is redacted but for the id, which tells what to revoke", () => {
    const secret = newApiKeySecret();
    const redacted = new Redactor([]).text(`found ${apiKeyText({ id, secret })} in a log`);
    expect(redacted).toBe(`found pifleet_${id.slice(4)}_[redacted] in a log`);
  });
});

it("is the SHA-256 that is kept of a secret", async () => {
  const secret = newApiKeySecret();
  expect(await digestOfSecret(secret)).toBe(createHash("sha256").update(secret).digest("hex"));
});
