import { runs, says } from "../agent.ts";
import { type Attack, submitted } from "./attack.ts";

const UNITS = [
  "x",
  "\\",
  '"',
  "'",
  "%",
  "=",
  ":",
  "eyJ",
  "sk-",
  "password=",
  "\\u0041",
  "\x1b[",
  "\x1b[1m",
  "://a:",
  "é",
  " ",
];

/** A long word and two more, which once hung every worker that read them. */
export const longWords: Attack = {
  name: "long-words",
  async strike(scene) {
    const unit = scene.random.pick(UNITS) ?? "x";
    const text = unit.repeat(Math.ceil(200_000 / unit.length));
    await submitted(scene, { input: runs(`cat long; echo ' two words'`), files: [{ path: "long", content: text }] });
  },
};

export const longAnswers: Attack = {
  name: "long-answers",
  strike: (scene) => submitted(scene, { input: says(scene.random.pick(UNITS) ?? "x", 100_000) }),
};

export const floods: Attack = {
  name: "floods",
  strike: (scene) => submitted(scene, { input: runs("yes $(head -c 900 /dev/zero | tr '\\0' y) | head -c 100000000") }),
};

export const lines: Attack = {
  name: "lines",
  strike: (scene) => submitted(scene, { input: runs("seq 1 1000000") }),
};

export const binary: Attack = {
  name: "binary",
  strike: (scene) => submitted(scene, { input: runs("head -c 3000000 /dev/urandom") }),
};
