import { Duration } from "@pifleet/invocation";
import { InvalidArgumentError } from "commander";

/** What Commander calls with the text behind an option; for a repeatable one also with what came before. */
type Parser<T> = (text: string, before: T | undefined) => T;

/** An invocation's id, as far as it can be part of a path; whether there is one is the API's to know. */
export const idArgument: Parser<string> = (text) => {
  if (!/^\w+$/.test(text)) throw new InvalidArgumentError("It must be the id of an invocation, such as inv_01K….");
  return text;
};

/** The id of a webhook or a delivery, in the same way. */
export function idOf(kind: "a webhook" | "a delivery", example: string): Parser<string> {
  return (text) => {
    if (!/^\w+$/.test(text)) throw new InvalidArgumentError(`It must be the id of ${kind}, such as ${example}.`);
    return text;
  };
}

/** A moment: a time of RFC 3339, a day in UTC, or a length of time ago. */
export const momentOption: Parser<Date> = (text) => {
  const ago = Duration.safeParse(text);
  const ms = ago.success ? Date.now() - ago.data : MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return new Date(ms);
  throw new InvalidArgumentError("It must be a time such as 2030-01-02T03:04:05Z, a day, or how long ago, such as 2h.");
};

const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** A whole number; its range is the API's to judge. */
export const integerOption: Parser<number> = (text) => {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
};

/** A port to listen at; 0 is any free one. */
export const portOption: Parser<number> = (text) => {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError("It must be a port, 0 to 65535.");
  return Number(text);
};

/** A length of time, such as 30s, in milliseconds. */
export const durationOption: Parser<number> = (text) => {
  const parsed = Duration.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(`It ${parsed.error.issues[0]?.message}.`);
  return parsed.data;
};

/** Names with commas between them; none when there is no text. */
export const namesOption: Parser<string[]> = (text) => {
  return text.trim() === "" ? [] : text.split(",").map((name) => name.trim());
};

/** `name=value`, repeatable. */
export const pairsOption: Parser<Record<string, string>> = (text, before = {}) => {
  const [name, value] = splitPair(text);
  return { ...before, [name]: value };
};

/** `name=number`, repeatable. */
export const numbersOption: Parser<Record<string, number>> = (text, before = {}) => {
  const [name, value] = splitPair(text);
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number)) throw new InvalidArgumentError("It must be name=number.");
  return { ...before, [name]: number };
};

/** Any text, repeatable. */
export const textsOption: Parser<string[]> = (text, before = []) => [...before, text];

function splitPair(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be name=value.");
  return [text.slice(0, at), text.slice(at + 1)];
}
