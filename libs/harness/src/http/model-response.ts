import { ModelBody } from "./model-body.ts";
import { type HeadersSource, ModelHeaders } from "./model-headers.ts";

export interface ResponseStart {
  readonly status?: number;
  readonly statusText?: string;
  readonly headers?: HeadersSource;
  readonly url?: string;
}

/** The answer to a model request: the part of the Fetch standard's Response that clients of models use. */
export class ModelResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: ModelHeaders;
  readonly url: string;
  readonly type = "basic";
  readonly body: ModelBody | null;
  #used = false;

  constructor(
    body: ModelBody | string | null = null,
    { status = 200, statusText = "", headers, url = "" }: ResponseStart = {},
  ) {
    this.status = status;
    this.statusText = statusText;
    this.headers = new ModelHeaders(headers);
    this.url = url;
    this.body = typeof body === "string" ? bodyOf(body) : body;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get bodyUsed(): boolean {
    return this.#used || (this.body?.locked ?? false);
  }

  async text(): Promise<string> {
    return (await this.#read()).toString("utf8");
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return new Uint8Array(await this.#read()).buffer;
  }

  async #read(): Promise<Buffer> {
    if (this.bodyUsed) throw new TypeError("The body has been read already");
    this.#used = true;
    const chunks: Uint8Array[] = [];
    if (this.body) for await (const chunk of this.body) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
}

function bodyOf(text: string): ModelBody {
  return new ModelBody(
    (async function* () {
      yield new TextEncoder().encode(text);
      return undefined;
    })(),
  );
}
