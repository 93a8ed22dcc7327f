import { promisify } from "node:util";
import { deflateRaw, deflateRawSync, inflateRaw } from "node:zlib";
import type { Span } from "@pifleet/invocation";

/** The first byte of an element of a span list tells the form of the rest. */
const FORM = { json: 0x6a, deflated: 0x7a };

/** Up to this, handing the work to another thread costs several times the work itself. */
const SMALL_BYTES = 65_536;

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** The spans of one write as one element of a span list, in the shorter form; empty when there are none. */
export async function encodeSpans(spans: readonly Span[]): Promise<Buffer> {
  if (spans.length === 0) return Buffer.alloc(0);
  const json = Buffer.from(JSON.stringify(spans));
  const deflated = json.length <= SMALL_BYTES ? deflateRawSync(json) : await deflate(json);
  return deflated.length < json.length
    ? Buffer.concat([Buffer.of(FORM.deflated), deflated])
    : Buffer.concat([Buffer.of(FORM.json), json]);
}

/** The spans of an element. @throws {RangeError} for a form that is not known here. */
export async function decodeSpans(element: Buffer): Promise<Span[]> {
  const [form = 0] = element;
  const rest = element.subarray(1);
  if (form === FORM.deflated) return JSON.parse((await inflate(rest)).toString());
  if (form === FORM.json) return JSON.parse(rest.toString());
  throw new RangeError(`spans are kept in a form that this version does not know: 0x${form.toString(16)}`);
}
