import { type Client, createClient } from "@pifleet/client";
import { Service, type Start } from "./service.ts";

/** An API's process, with what is needed to call it. */
export class ApiService extends Service {
  readonly #key: string;
  #url = "";

  /** @param key the bootstrap key, which is in the environment as well */
  constructor(key: string, start: Start) {
    super("api", start);
    this.#key = key;
  }

  /** Resolves when it listens. */
  async listening(): Promise<this> {
    const { url } = await this.logged("listening");
    this.#url = String(url);
    return this;
  }

  get url(): string {
    return this.#url;
  }

  /** A client of this process. */
  get client(): Client {
    return createClient({ url: this.#url, apiKey: this.#key });
  }

  /** Whether it says that it can serve. */
  async isReady(): Promise<boolean> {
    const response = await this.fetch("/readyz");
    // An answer that nobody reads would keep its connection, and the API waits for that when it stops.
    await response.text();
    return response.ok;
  }

  /** Sends a request with the key. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${this.#key}`);
    return fetch(`${this.#url}${path}`, { ...init, headers });
  }
}
