import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Output } from "./output.ts";
import { Screen, terminalStream } from "./testing/screen.ts";

const options = { colour: false, spinner: true };
let screen: Screen;
let terminal: NodeJS.WriteStream;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubEnv("CI", undefined);
  vi.stubEnv("TERM", "xterm");
  screen = new Screen();
  terminal = terminalStream(screen, 40);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** Waits for something that ends when it is told to. */
function waiting(output: Output, describe: () => string, closeLine?: () => string) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const ended = output.whileWaiting({ describe, closeLine }, () => promise);
  return { ended, resolve, reject };
}

function pipe(): NodeJS.WriteStream {
  return new PassThrough() as unknown as NodeJS.WriteStream;
}

test("what is waited for turns up after a moment, is kept up to date, and is gone at the end", async () => {
  let seconds = 0;
  const output = new Output(terminal, terminal, options);
  const { ended, resolve } = waiting(output, () => `bash · ${seconds} s`);
  vi.advanceTimersByTime(499);
  expect(screen).toMatchObject({ text: "", isCursorVisible: true });
  vi.advanceTimersByTime(1);
  expect(screen.text).toMatch(/^\S bash · 0 s$/);
  expect(screen.isCursorVisible).toBe(false);
  seconds = 1;
  vi.advanceTimersByTime(100);
  expect(screen.text).toMatch(/^\S bash · 1 s$/);
  resolve();
  await ended;
  expect(screen).toMatchObject({ text: "", isCursorVisible: true });
  vi.advanceTimersByTime(10_000);
  expect(screen.text).toBe("");
});

test("it makes room for whatever is written, to either stream, and comes back after another moment", () => {
  const output = new Output(terminal, terminal, options);
  const { resolve } = waiting(output, () => "bash");
  vi.advanceTimersByTime(500);
  output.line("one");
  expect(screen).toMatchObject({ text: "one\n", isCursorVisible: true });
  vi.advanceTimersByTime(500);
  expect(screen.text).toMatch(/^one\n\S bash$/);
  output.progress("two");
  expect(screen.text).toBe("one\ntwo\n");
  vi.advanceTimersByTime(500);
  expect(screen.text).toMatch(/^one\ntwo\n\S bash$/);
  resolve();
});

test("a line that is being filled is broken for it only after a while", () => {
  let open = true;
  const closeLine = () => {
    const end = open ? "\n" : "";
    open = false;
    return end;
  };
  const output = new Output(terminal, terminal, options);
  const { resolve } = waiting(output, () => "the model writes", closeLine);
  output.write("Half a sen");
  vi.advanceTimersByTime(2_999);
  expect(screen.text).toBe("Half a sen");
  vi.advanceTimersByTime(1);
  expect(screen.text).toMatch(/^Half a sen\n\S the model writes$/);
  vi.advanceTimersByTime(1_000);
  output.write("tence.\n");
  expect(screen.text).toBe("Half a sen\ntence.\n");
  resolve();
});

test("what goes into a pipe is untouched, and its lines are not broken", () => {
  const stdout = pipe();
  const output = new Output(stdout, terminal, options);
  const { resolve } = waiting(
    output,
    () => "the model writes",
    () => "\n",
  );
  output.write("Half a sen");
  vi.advanceTimersByTime(500);
  expect(screen.text).toMatch(/^\S the model writes$/);
  output.write("tence.");
  expect(screen).toMatchObject({ text: "", isCursorVisible: true });
  expect(String(stdout.read())).toBe("Half a sentence.");
  resolve();
});

test("it is cut to the width of the terminal", () => {
  const { resolve } = waiting(new Output(terminal, terminal, options), () => "x".repeat(100));
  vi.advanceTimersByTime(500);
  expect(screen.text).toMatch(/^\S x{35}…$/);
  resolve();
});

test("it is gone, and the cursor there, when what is waited for fails", async () => {
  const { ended, reject } = waiting(new Output(terminal, terminal, options), () => "bash");
  vi.advanceTimersByTime(500);
  reject(new Error("lost"));
  await expect(ended).rejects.toThrow("lost");
  expect(screen).toMatchObject({ text: "", isCursorVisible: true });
});

test("it is gone, and the cursor there, when the process exits in the middle", async () => {
  const listeners = process.listeners("exit");
  const { ended, resolve } = waiting(new Output(terminal, terminal, options), () => "bash");
  vi.advanceTimersByTime(500);
  const [onExit] = process.listeners("exit").filter((listener) => !listeners.includes(listener));
  onExit?.(0);
  expect(screen).toMatchObject({ text: "", isCursorVisible: true });
  resolve();
  await ended;
  expect(process.listeners("exit")).toEqual(listeners);
});

test.each([
  ["standard error is no terminal", () => new Output(terminal, pipe(), options)],
  ["nobody wants it", () => new Output(terminal, terminal, { ...options, spinner: false })],
])("nothing is shown when %s", (_when, make) => {
  const output = make();
  const { resolve } = waiting(output, () => "bash");
  vi.advanceTimersByTime(10_000);
  expect(output.showsWaiting).toBe(false);
  expect(screen).toMatchObject({ text: "", isCursorVisible: true });
  resolve();
});
