import { PassThrough, pipeline, type Readable, Transform, type TransformCallback } from "node:stream";
import * as zlib from "node:zlib";

/** As undici: an answer that ends early gives what it has, which the reader of the stream judges. */
const lenient = () => ({ flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH });
const lenientBrotli = () => ({
  flush: zlib.constants.BROTLI_OPERATION_FLUSH,
  finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
});
/** Nobody encodes an answer more often than this; https://curl.se has the same limit. */
const MAX_CODINGS = 5;

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => zlib.createGunzip(lenient()),
  "x-gzip": () => zlib.createGunzip(lenient()),
  deflate: () => new AnyInflate(),
  br: () => zlib.createBrotliDecompress(lenientBrotli()),
  zstd: () => zlib.createZstdDecompress(),
};

/**
 * The body without its encodings, as Node's fetch reads it. What has an encoding that is not known stays as it is.
 * @param encoding the header `content-encoding`
 */
export function decodedBody(body: Readable, encoding: string | null): Readable {
  const codings = (encoding ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
  if (codings.length === 0 || codings.length > MAX_CODINGS) return body;
  if (!codings.every((coding) => Object.hasOwn(DECODERS, coding))) return body;
  const decoders = codings.reverse().map((coding) => DECODERS[coding]?.() ?? new PassThrough());
  // The last one fails with the error of any; who reads it hears of it there.
  return pipeline([body, ...decoders], () => undefined) as unknown as Readable;
}

/** `deflate` means zlib's format, and some servers send it without zlib's head: the first byte tells. */
class AnyInflate extends Transform {
  #inflate: zlib.Inflate | zlib.InflateRaw | undefined;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#inflate ??= this.#open(chunk[0] ?? 0);
    this.#inflate.write(chunk, () => done());
  }

  override _flush(done: TransformCallback): void {
    this.#inflate ??= this.#open(0);
    this.#inflate.once("end", () => done());
    this.#inflate.end();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#inflate?.destroy();
    done(error);
  }

  #open(first: number): zlib.Inflate | zlib.InflateRaw {
    const inflate = (first & 0x0f) === 0x08 ? zlib.createInflate(lenient()) : zlib.createInflateRaw(lenient());
    inflate.on("data", (piece: Buffer) => this.push(piece));
    inflate.on("error", (error) => this.destroy(error));
    return inflate;
  }
}
