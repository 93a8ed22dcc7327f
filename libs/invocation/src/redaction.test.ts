import { describe, expect, it } from "vitest";
import { Redactor } from "./redaction.ts";
import { StreamRedactor } from "./stream-redaction.ts";

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW1gFWFOEjXk";

const PLANTED: [name: string, text: string, secret: string][] = [
  ["an Anthropic key", "key sk-ant-api03-AbCdEf0123456789 used", "sk-ant-api03-AbCdEf0123456789"],
  ["a bearer token", "Authorization: Bearer abcdef0123456789abcdef", "abcdef0123456789abcdef"],
  ["an api_key field", '{"api_key": "not-so-obvious-value"}', "not-so-obvious-value"],
  ["an api_key field behind JSON escapes", '{"body":"{\\"api_key\\":\\"hidden-value-1\\"}"}', "hidden-value-1"],
  ["a JSON Web Token", `token=${JWT};`, JWT],
  ["the password of a URL", "redis://user:hunter2hunter2@db:6379/0", "hunter2hunter2"],
  ["a GitHub token", "ghp_0123456789abcdefghijABCDEFGHIJ0123", "ghp_0123456789abcdefghijABCDEFGHIJ0123"],
  [
    "an API key of our own",
    "with pifleet_01K0Q7Z3T5X8N9M2R4V6W1Y0AB_q0Zt-3xY_8kLmN2pRsTuVwXyZ0123456789abcdefg4 sent",
    "q0Zt-3xY_8kLmN2pRsTuVwXyZ0123456789abcdefg4",
  ],
  ["a known value", "the word is correct-horse-battery!", "correct-horse-battery"],
];

describe("redaction", () => {
  const redactor = new Redactor(["correct-horse-battery"]);

  it.each(PLANTED)("takes %s out of a text", (_name, text, secret) => {
    expect(redactor.text(text)).not.toContain(secret);
    expect(redactor.text(text)).toContain("[redacted]");
  });

  it.each(PLANTED)("takes %s out of a stream, wherever the stream is cut", (_name, text, secret) => {
    for (let cut = 0; cut <= text.length; cut += 1) {
      const stream = new StreamRedactor(redactor);
      const passed = [stream.push(text.slice(0, cut)), stream.push(text.slice(cut)), stream.end()].join("");
      expect(passed).toBe(redactor.text(text));
      expect(passed).not.toContain(secret);
    }
  });

  it("takes a secret out of a stream that arrives letter by letter", () => {
    const stream = new StreamRedactor(redactor);
    const text = PLANTED.map(([, planted]) => planted).join(" and then ");
    const passed = [...text].map((letter) => stream.push(letter)).join("") + stream.end();
    expect(passed).toBe(redactor.text(text));
  });

  it("passes on at once what cannot be the beginning of a secret", () => {
    const stream = new StreamRedactor(redactor);
    expect(stream.push("started\n")).toBe("started\n");
    expect(stream.push("3 of 7 tests done, task-force ready")).toBe("3 of 7 tests done, ta");
    expect(stream.push("; then.")).toBe("sk-force ready; then.");
    expect(stream.push(" with a corre")).toBe(" with a ");
    expect(stream.push("ction")).toBe("correction");
  });

  it("keeps what a stream holds back bounded when no word ends", () => {
    const stream = new StreamRedactor(redactor);
    const passed = Array.from({ length: 100 }, () => stream.push("x".repeat(1_000)).length);
    expect(100_000 - passed.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(8_192);
    expect(stream.end().length + passed.reduce((sum, length) => sum + length, 0)).toBe(100_000);
  });

  it("leaves ordinary words alone", () => {
    const text = "The bearer of this api key story said: sk- is a prefix, 429 is a number, eyJ is not a token.";
    expect(redactor.text(text)).toBe(text);
  });

  it("redacts strings inside of a JSON value and whole fields that are named after secrets", () => {
    const value = { password: "short", nested: [{ text: "Bearer abcdef0123456789" }], count: 3 };
    expect(redactor.value(value)).toEqual({
      password: "[redacted]",
      nested: [{ text: "Bearer [redacted]" }],
      count: 3,
    });
  });
});
