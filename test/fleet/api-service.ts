import { type Client, createClient } from "@pifleet/client";
import { Contract, conformingFetch } from "@pifleet/testkit/contract";
import { Service, type Start } from "./service.ts";

/** The description is the same for every process of a test. */
let contract: Promise<Contract> | undefined;

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
    return createClient({ url: this.#url, apiKey: this.#key, fetch: this.#checked });
  }

  /** A client of this process with another key. */
  clientFor(apiKey: string): Client {
    return createClient({ url: this.#url, apiKey, fetch: this.#checked });
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
    return this.#checked(`${this.#url}${path}`, { ...init, headers });
  }

  /** Every answer must be as the API describes itself. */
  readonly #checked = conformingFetch(() => {
    contract ??= fetch(`${this.#url}/openapi.json`).then(
      async (answer) => new Contract((await answer.json()) as object),
    );
    return contract;
  });
}
