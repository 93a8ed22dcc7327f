import { ConnectionError, PiFleetError, type ReceivedProblem } from "./errors.ts";
import { parseRetryAfter, retrying } from "./retry.ts";

export interface TransportOptions {
  readonly url: string;
  readonly apiKey?: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  /** How long an answer may take, on top of what a long-poll waits; milliseconds. */
  readonly timeoutMs: number;
  /** How often a request is sent again; 0 for never. */
  readonly retries: number;
}

/** One request to the API. It may be sent twice without harm, unless it is sent without retries. */
export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE" | undefined;
  /** Relative to the API's address, without a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** How long the API was asked to wait before it answers, seconds. */
  readonly waitSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Sends requests to one API: address, key, time-out, retries and errors. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #base: URL;

  /** @throws {TypeError} when the URL is none */
  constructor(options: TransportOptions) {
    this.#options = options;
    this.#base = new URL(options.url.endsWith("/") ? options.url : `${options.url}/`);
  }

  /** How often a request is sent again. */
  get retries(): number {
    return this.#options.retries;
  }

  /**
   * Sends a request, again where that helps but at most `retries` times, and reads the JSON of the answer.
   * @throws {PiFleetError} for a problem that the API answered with
   * @throws {ConnectionError} when no sensible answer came
   */
  async json<T>(request: ApiRequest, retries: number = this.retries): Promise<T> {
    return retrying(retries, request.signal, async () => {
      const timeout = AbortSignal.timeout(this.#options.timeoutMs + (request.waitSeconds ?? 0) * 1_000);
      const response = await this.open(request, timeout);
      const text = await this.#attend(request, () => response.text());
      return parseJson<T>(text, this.#address(request).href);
    });
  }

  /** The same as `json`, for an answer that holds nothing. */
  async empty(request: ApiRequest): Promise<void> {
    await retrying(this.retries, request.signal, async () => {
      const response = await this.open(request, AbortSignal.timeout(this.#options.timeoutMs));
      await this.#attend(request, () => response.arrayBuffer());
    });
  }

  /** The same as `open`, but the answer must begin in time; how long it then goes on does not matter. */
  async openInTime(request: ApiRequest, connection: AbortSignal): Promise<Response> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new DOMException("", "TimeoutError")), this.#options.timeoutMs);
    try {
      return await this.open(request, AbortSignal.any([connection, late.signal]));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends a request once and returns the answer, its body unread; `connection` cuts it off when aborted. */
  async open(request: ApiRequest, connection: AbortSignal): Promise<Response> {
    const url = this.#address(request);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const init = {
      method: request.method ?? "GET",
      headers: this.#headers(request),
      signal: request.signal ? AbortSignal.any([request.signal, connection]) : connection,
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    };
    const response = await this.#attend(request, () => this.#options.fetch(url, init));
    if (response.ok) return response;
    throw await this.#attend(request, () => problemOf(response));
  }

  /** Awaits the network: what fails is a `ConnectionError`, unless the caller asked for it by aborting. */
  async #attend<T>(request: ApiRequest, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      request.signal?.throwIfAborted();
      throw new ConnectionError(this.#address(request).href, reasonOf(error), { cause: error });
    }
  }

  #address(request: ApiRequest): URL {
    return new URL(request.path, this.#base);
  }

  #headers(request: ApiRequest): Headers {
    const headers = new Headers({ accept: "application/json" });
    if (this.#options.apiKey !== undefined) headers.set("authorization", `Bearer ${this.#options.apiKey}`);
    if (request.body !== undefined) headers.set("content-type", "application/json");
    for (const [name, value] of Object.entries(request.headers ?? {})) {
      if (value !== undefined) headers.set(name, value);
    }
    return headers;
  }
}

async function problemOf(response: Response): Promise<PiFleetError> {
  const text = await response.text();
  const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"));
  return new PiFleetError(readProblem(text) ?? foreignProblem(response), retryAfterMs);
}

function readProblem(text: string): ReceivedProblem | undefined {
  try {
    const body: Partial<ReceivedProblem> = JSON.parse(text);
    return typeof body.title === "string" && typeof body.status === "number" && typeof body.code === "string"
      ? { type: "about:blank", detail: "", ...body, title: body.title, status: body.status, code: body.code }
      : undefined;
  } catch {
    return undefined;
  }
}

/** What stands in for the problem when something between us and the API answered in its own words. */
function foreignProblem(response: Response): ReceivedProblem {
  const title = response.statusText === "" ? `HTTP ${response.status}` : response.statusText;
  const detail = `${new URL(response.url).origin} answered ${response.status} without saying why.`;
  return { type: "about:blank", title, status: response.status, detail, code: `http_${response.status}` };
}

/** Reads JSON that came from `url`. @throws {ConnectionError} when it is none */
export function parseJson<T>(text: string, url: string): T {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConnectionError(url, "the answer is not JSON; is this the address of a Pi Fleet API?", { cause: error });
  }
}

/** The words for why a connection failed; the error itself often says no more than "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer in time";
  const { cause } = error;
  if (typeof cause !== "object" || cause === null) return error.message;
  const { code, message } = cause as { code?: unknown; message?: unknown };
  return [code, message].find((words): words is string => typeof words === "string" && words !== "") ?? error.message;
}
