import { growthOf, HARD_TEXTS } from "@pifleet/testkit/growth";
import { describe, expect, it } from "vitest";
import { Redactor } from "./redactor.ts";
import { StreamRedactor } from "./stream-redactor.ts";
import { ORDINARY, PLANTED } from "./testing/corpus.ts";

const KNOWN = "correct-horse-battery";
const redactor = new Redactor([KNOWN]);

describe("redaction", () => {
  it.each(PLANTED)("takes %s out of a text", (_name, text, secret) => {
    expect(redactor.text(text)).not.toContain(secret);
    expect(redactor.text(text)).toContain("[redacted]");
  });

  it.each(PLANTED)("takes %s out of JSON inside of JSON, six layers deep", (_name, text, secret) => {
    let wrapped = text;
    for (let layer = 0; layer < 6; layer += 1) {
      wrapped = JSON.stringify({ said: `line\n${wrapped}` });
      expect(redactor.text(wrapped)).not.toContain(secret);
    }
  });

  it.each(PLANTED)("takes %s out of a text that is escaped for a URL, once and twice", (_name, text, secret) => {
    const once = encodeURIComponent(`a\n${text}`);
    expect(decodeURIComponent(redactor.text(once))).not.toContain(secret);
    expect(decodeURIComponent(decodeURIComponent(redactor.text(encodeURIComponent(once))))).not.toContain(secret);
  });

  it.each(PLANTED)("takes %s out of a text whose characters are all written as \\u", (_name, text, secret) => {
    const escaped = (of: string) =>
      Array.from(of, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    expect(redactor.text(escaped(text))).not.toContain(escaped(secret));
  });

  it.each(PLANTED)("takes %s out of the coloured output of a terminal", (_name, text, secret) => {
    const middle = text.indexOf(secret) + Math.floor(secret.length / 2);
    const coloured = `\x1b[0m${text.slice(0, middle)}\x1b[01;31m\x1b[K${text.slice(middle)}\x1b[m`;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are taken out
    expect(redactor.text(coloured).replaceAll(/\x1b\[[\d;]*[mK]/g, "")).not.toContain(secret);
    expect(redactor.text(`\x1b[31m${secret}\x1b[0m`)).not.toBe(`\x1b[31m${secret}\x1b[0m`.slice(0, secret.length));
  });

  it.each(ORDINARY)("leaves alone: %s", (text) => {
    expect(redactor.text(text)).toBe(text);
  });

  it("redacts the strings inside of a JSON value, and whole fields that are named after secrets", () => {
    const value = { password: "short", nested: [{ text: "Bearer abcdef0123456789" }], count: 3 };
    expect(redactor.value(value)).toEqual({
      password: "[redacted]",
      nested: [{ text: "Bearer [redacted]" }],
      count: 3,
    });
  });

  it("leaves the words of a schema alone, and what is no text", () => {
    const schema = {
      type: "object",
      properties: { password: { type: "string", format: "password" }, api_key: { type: "string" }, token: "string" },
      required: ["password"],
      password: "The password of the user, 12 characters or more",
      apiKey: "$OPENAI_API_KEY",
      api_key: 'os.environ["OPENAI_API_KEY"]',
      max_tokens: 4096,
      authorization: true,
    };
    expect(redactor.value(schema)).toEqual(schema);
  });

  it("copies a value of any depth without running out of stack", () => {
    let deep: unknown = "sk-ant-REDACTED";
    for (let i = 0; i < 100_000; i += 1) deep = [deep];
    expect(JSON.stringify(redactor.value(deep))).toContain("nested too deeply");
  });

  it("knows as secrets what was configured as one, and not the dummies that local servers want", () => {
    for (const dummy of ["lm-studio", "ollama", "EMPTY", "not-needed", "sk-no-key-required", "none", "xxxxxxxx"]) {
      const text = `We run ${dummy} behind the gateway`;
      expect(new Redactor([dummy]).text(text)).toBe(text);
    }
    for (const secret of ["hunter2hunter2", "a-long-passphrase-of-words", "Tr0ub4dor", "p4ss-word"]) {
      expect(new Redactor([secret]).text(`it is ${secret}!`)).toBe("it is [redacted]!");
    }
  });

  it("finds the longest of several known secrets that lie in one another", () => {
    const nested = new Redactor(["abcd1234", "abcd1234efgh", "4efgh5678ijkl"]);
    expect(nested.text("x abcd1234efg y abcd1234efgh z abcd1234efgh5678ijkl")).toBe(
      "x [redacted]efg y [redacted] z [redacted]",
    );
  });
});

describe("the time of redaction", () => {
  const LENGTH = 12_000;

  it.each(HARD_TEXTS)(
    "grows with the length of the text and no faster: %j",
    (hard) => {
      const textOf = (length: number) => hard.repeat(Math.ceil(length / hard.length)).slice(0, length);
      const streamed = (text: string) => {
        const stream = new StreamRedactor(redactor);
        for (let from = 0; from < text.length; from += 700) stream.push(text.slice(from, from + 700));
        return stream.end();
      };
      expect(growthOf((text) => redactor.text(text), textOf, LENGTH)).toMatchObject({ isLinear: true });
      expect(growthOf((text) => redactor.value({ text: [text] }), textOf, LENGTH)).toMatchObject({ isLinear: true });
      expect(growthOf(streamed, textOf, LENGTH)).toMatchObject({ isLinear: true });
    },
    60_000,
  );
});
