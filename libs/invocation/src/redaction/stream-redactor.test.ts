import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Redactor } from "./redactor.ts";
import { StreamRedactor } from "./stream-redactor.ts";
import { ORDINARY, PLANTED } from "./testing/corpus.ts";

const redactor = new Redactor(["correct-horse-battery", "hunter\\2hunter%2", "ключ-от-квартиры-где"]);

function streamed(pieces: readonly string[]): string {
  const stream = new StreamRedactor(redactor);
  return pieces.map((piece) => stream.push(piece)).join("") + stream.end();
}

function cutAt(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => text.slice(from, places[i] ?? text.length));
}

/** Texts that hold secrets, halves of secrets, and what is between them. */
const noise = fc.oneof(
  fc.constantFrom(...PLANTED.map(([, text]) => text)),
  fc.constantFrom(...PLANTED.map(([, , secret]) => secret)),
  fc.constantFrom(...ORDINARY),
  fc.constantFrom(
    "hunter\\2hunter%2",
    "correct-horse-",
    "ключ-от-квартиры-где",
    "sk-",
    "Bearer ",
    "eyJ",
    "://u:",
    "-----BEGIN ",
  ),
  fc.constantFrom(
    "\n",
    " ",
    '"',
    "'",
    "\\",
    "\\\\",
    "\\n",
    "%",
    "%2",
    "%252D",
    "\\u00",
    "\\u002d",
    "\x1b[",
    "\x1b[31m",
    "=",
    ":",
  ),
  fc.string({ maxLength: 20 }),
  fc.constantFrom(...PLANTED.map(([, text]) => text)).map((text) => JSON.stringify({ text })),
  fc.constantFrom(...PLANTED.map(([, text]) => text)).map((text) => encodeURIComponent(text)),
);

describe("redaction of a stream", () => {
  it.each(PLANTED)("takes %s out, wherever the stream is cut", (_name, text, secret) => {
    for (let cut = 0; cut <= text.length; cut += 1) {
      const passed = streamed([text.slice(0, cut), text.slice(cut)]);
      expect(passed).toBe(redactor.text(text));
      expect(passed).not.toContain(secret);
    }
  });

  it("says the same of a text in pieces as of the whole one", () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.tuple(noise, fc.constantFrom(" ", "\n", ", ", " | ")), { maxLength: 12 })
          .map((parts) => parts.flat().join("")),
        fc.array(fc.nat(2_000), { maxLength: 12 }),
        (text, cuts) => {
          expect(streamed(cutAt(text, cuts))).toBe(redactor.text(text));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("takes a secret out that arrives letter by letter", () => {
    const text = PLANTED.map(([, planted]) => planted).join(" and then ");
    expect(streamed([...text])).toBe(redactor.text(text));
  });

  it("passes on at once what cannot be the beginning of a secret", () => {
    const stream = new StreamRedactor(redactor);
    expect(stream.push("started\n")).toBe("started\n");
    expect(stream.push("3 of 7 tests done, task-force ready")).toBe("3 of 7 tests done, task-force ready");
    expect(stream.push("; then a s")).toBe("; then a ");
    expect(stream.push("mall thing with a corre")).toBe("small thing with a ");
    expect(stream.push("ction, password: ")).toBe("correction, password: ");
    expect(stream.push("hunter2hun")).toBe("");
    expect(stream.push("ter2\nnext")).toBe("[redacted]\nnext");
    expect(stream.push(" and a long word ".padEnd(20_000, "x"))).toHaveLength(20_000);
  });

  it.each([
    ["a word", "x"],
    ["backslashes", "\\"],
    ["escaped letters", "\\\\u0061"],
    ["quotes", '"'],
    ["a token", "sk-ant-a1"],
    ["JSON Web Tokens", "eyJ"],
    ["a field without an end", 'password="'],
    ["a private key without an end", "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC"],
    ["percent signs", "%25"],
    ["terminal controls", "\x1b["],
    ["a URL", "https://user:"],
  ])("holds no more than a few thousand characters of %s back", (_name, beginning) => {
    const stream = new StreamRedactor(redactor);
    let [given, passed] = [0, 0];
    for (const piece of [beginning, ...Array.from({ length: 200 }, (_, i) => beginning.slice(i % 3).repeat(50))]) {
      given += piece.length;
      passed += stream.push(piece).length;
    }
    const last = stream.end().length;
    expect(last).toBeLessThan(17_000);
    expect(passed + last).toBeLessThanOrEqual(given + 10 * 200);
  });

  it("leaves all of a secret out that is too long to be held", () => {
    for (const [beginning, end] of [
      ["key sk-ant-", " end"],
      ['{"password": "', '" end'],
      ["-----BEGIN PRIVATE KEY-----\n", "\n-----END PRIVATE KEY----- end"],
    ] as const) {
      const body = Array.from({ length: 1_000 }, (_, i) => `${i}aB9z`.padStart(60, "Q")).join("");
      const passed = streamed([beginning, ...(body.match(/.{1,700}/g) ?? []), end]);
      expect(passed).toContain("[redacted]");
      expect(passed).not.toContain("QQQ");
      expect(passed.endsWith("end")).toBe(true);
    }
  });

  const LONG = Array.from({ length: 150 }, (_, i) => `${i}aB9z`.padStart(60, "Q")).join("\n");

  it.each([
    ["a private key without its end", `-----BEGIN PRIVATE KEY-----\n${LONG}\n`],
    ["a private key in JSON", JSON.stringify(`-----BEGIN PRIVATE KEY-----\n${LONG}\n-----END PRIVATE KEY-----`)],
    [
      "an encrypted private key",
      `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES,0A1B\n\n${LONG}\n`,
    ],
    ["a token", `sk-ant-${LONG.replaceAll("\n", "-")} `],
    ["a word that begins with a token", `sk-ant-${LONG.replaceAll("\n", "-")}/`],
  ])("finds a value behind its name behind %s that is too long to be held", (_name, secret) => {
    for (const next of ['password="correct-horse"', 'the passphrase = "word-of-mine"', "Bearer a1b2c3d4e5f6"]) {
      for (const size of [1, 7, 700, 9_000, 100_000]) {
        const text = `${secret}${next} end`;
        const passed = streamed(text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? []);
        expect(passed).not.toMatch(/QQQ|horse|of-mine|a1b2/);
        expect(passed.endsWith(" end")).toBe(true);
      }
    }
  });
});
