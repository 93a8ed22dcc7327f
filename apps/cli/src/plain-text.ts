import { stripVTControlCharacters } from "node:util";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * Text of a model, a tool or a server with nothing left in it that a terminal would obey, such as a new title or a
 * cleared screen. Line ends and tabs stay.
 */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replace(/\r\n?/g, "\n").replace(CONTROL_CHARACTERS, "");
}

/** The same on one line of at most `length` characters, cut with an ellipsis. */
export function oneLine(text: string, length: number): string {
  const line = plainText(text).replace(/\s+/g, " ").trim();
  const characters = [...line.slice(0, 2 * (length + 1))];
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join("")}…`;
}
