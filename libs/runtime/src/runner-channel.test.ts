import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { expect, it } from "vitest";
import { RunnerChannel } from "./runner-channel.ts";

/** What a channel makes of a text that a runner wrote. */
async function readAs(text: string) {
  const stream = new PassThrough();
  const messages: unknown[] = [];
  const garbage: string[] = [];
  new RunnerChannel(stream, {
    onMessage: (message) => messages.push(message),
    onGarbage: (_line, why) => garbage.push(why),
  });
  stream.end(text);
  await finished(stream);
  return { messages, garbage };
}

it("takes each line for a message", async () => {
  expect(await readAs('{"a":1}\n[2]\n')).toEqual({ messages: [{ a: 1 }, [2]], garbage: [] });
});

it.each([
  ["is no JSON", "{\n", "no JSON"],
  [
    "holds so many values that reading it would hold up all other runs",
    `[${"0,".repeat(200_000)}0]\n`,
    "more than 200000 values",
  ],
  ["has no end", "x".repeat(16_000_001), "more than 16000000 characters"],
])("takes a line for garbage that %s", async (_title, text, why) => {
  expect(await readAs(text)).toEqual({ messages: [], garbage: [why] });
});
