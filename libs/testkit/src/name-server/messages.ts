import { isIPv4 } from "node:net";

/** What a resolver asks. */
export interface Question {
  /** In lower case, without a dot at its end. */
  readonly name: string;
  readonly type: "A" | "AAAA" | "other";
}

/** Addresses, of which those of the type that was asked for are sent; or that there is no such name. */
export type Answer = readonly string[] | "no such name";

const HEADER_BYTES = 12;
const TYPES = new Map<number, Question["type"]>([
  [1, "A"],
  [28, "AAAA"],
]);
const TTL_S = 60;

/** The only question of a message (https://www.rfc-editor.org/rfc/rfc1035#section-4.1). */
export function readQuestion(message: Buffer): Question {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: TYPES.get(message.readUInt16BE(at + 1)) ?? "other" };
}

/** The answer to a question, which it repeats. */
export function encodeAnswer(message: Buffer, question: Question, answer: Answer): Buffer {
  const isUnknown = answer === "no such name";
  const addresses = isUnknown ? [] : answer.filter((address) => isIPv4(address) === (question.type === "A"));
  const sent = question.type === "other" ? [] : addresses;
  const header = Buffer.alloc(HEADER_BYTES);
  message.copy(header, 0, 0, 2);
  // A response, recursion desired and available, and whether there is such a name.
  header.writeUInt16BE(0x8180 | (isUnknown ? 3 : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(sent.length, 6);
  const asked = message.subarray(HEADER_BYTES, endOfQuestion(message));
  return Buffer.concat([header, asked, ...sent.map(encodeAddress)]);
}

function endOfQuestion(message: Buffer): number {
  return message.indexOf(0, HEADER_BYTES) + 5;
}

/** A record for the name in the question, at whose place the header says that it stands. */
function encodeAddress(address: string): Buffer {
  const bytes = isIPv4(address) ? Buffer.from(address.split(".").map(Number)) : ipv6Bytes(address);
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
  record.writeUInt16BE(bytes.length === 4 ? 1 : 28, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(TTL_S, 6);
  record.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([record, bytes]);
}

function ipv6Bytes(address: string): Buffer {
  const [head = [], tail = []] = address.split("::").map((part) => part.split(":").filter((group) => group !== ""));
  const groups = [...head, ...Array(8 - head.length - tail.length).fill("0"), ...tail];
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}
