import { expect, test } from "vitest";
import { oneLine, plainText } from "./plain-text.ts";

test("nothing that a terminal obeys is left, line ends and tabs are", () => {
  expect(plainText("\u001b[31mred\u001b[0m\tand\nplain")).toBe("red\tand\nplain");
  expect(plainText("\u001b]0;title\u0007bell\u0007 \u009b2J end")).toBe("bell  end");
  expect(plainText("10%\r20%\r\nend")).toBe("10%\n20%\nend");
});

test("a part of an escape sequence is harmless", () => {
  expect(plainText("cut \u001b")).toBe("cut ");
});

test("one line is cut by characters, never within one", () => {
  expect(oneLine("a\n  b", 10)).toBe("a b");
  expect(oneLine("🚀🚀🚀🚀", 3)).toBe("🚀🚀…");
  expect(oneLine("🚀🚀🚀", 3)).toBe("🚀🚀🚀");
});
