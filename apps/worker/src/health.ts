import { statfs } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import { promisify } from "node:util";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";

/** A client has so long for its request, and a socket without one so long, milliseconds. */
const REQUEST_MS = 5_000;
const LARGEST_HEAD_BYTES = 8_192;
const MOST_CONNECTIONS = 64;

export interface HealthOptions {
  readonly host: string;
  /** 0 is any free port. */
  readonly port: number;
  /** Why the worker takes no work; null when it does. */
  readonly unreadiness: () => Promise<string | null>;
  readonly slots: number;
  readonly running: () => number;
  /** The directory of the workspaces, of whose disk the free space is told. */
  readonly workspaces: string;
}

/**
 * Answers `GET /livez`, `/readyz` and `/metrics` of one worker. The figures are those of this process; those of the fleet
 * are told by the API. Needs no key and tells no secret. Starts and stops once.
 */
export class Health {
  readonly #options: HealthOptions;
  readonly #registry = new Registry();
  readonly #running: Gauge;
  readonly #free: Gauge;
  #server: Server | undefined;

  constructor(options: HealthOptions) {
    this.#options = options;
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    // Gauges of Node whose names are those of counters; `nodejs_active_resources` tells the same.
    for (const kind of ["resources", "handles", "requests"])
      this.#registry.removeSingleMetric(`nodejs_active_${kind}_total`);
    const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
    this.#running = gauge("pifleet_worker_running", "Attempts that this worker runs");
    gauge("pifleet_worker_concurrency", "Attempts that this worker can run at once").set(options.slots);
    this.#free = gauge("pifleet_worker_disk_free_bytes", "Free space on the disk of this worker's workspaces");
  }

  /** Resolves to the URL when it listens. */
  async start(): Promise<string> {
    const { host, port } = this.#options;
    const server = createServer(
      { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, maxHeaderSize: LARGEST_HEAD_BYTES },
      (request, response) => {
        request.resume();
        this.#answer(request.method, request.url ?? "", response).catch(() => response.destroy());
      },
    );
    server.maxConnections = MOST_CONNECTIONS;
    server.keepAliveTimeout = REQUEST_MS;
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(port, host, resolve);
    });
    const address = server.address();
    return `http://${host.includes(":") ? `[${host}]` : host}:${typeof address === "object" ? address?.port : port}`;
  }

  /** Safe to call before `start`, and twice. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server?.listening) return;
    server.closeAllConnections();
    await promisify(server.close.bind(server))();
  }

  async #answer(method: string | undefined, url: string, response: ServerResponse): Promise<void> {
    if (method !== "GET" && method !== "HEAD") return send(response, 405, "text/plain", "GET only\n");
    const [path] = url.split("?", 1);
    if (path === "/livez") return send(response, 200, "application/json", '{"status":"ok"}\n');
    if (path === "/readyz") return this.#ready(response);
    if (path === "/metrics") return this.#metrics(response);
    send(response, 404, "text/plain", "/livez, /readyz and /metrics are here\n");
  }

  async #ready(response: ServerResponse): Promise<void> {
    const reason = await this.#options.unreadiness();
    const body = reason === null ? { status: "ok" } : { status: "unavailable", reason };
    send(response, reason === null ? 200 : 503, "application/json", `${JSON.stringify(body)}\n`);
  }

  async #metrics(response: ServerResponse): Promise<void> {
    this.#running.set(this.#options.running());
    const disk = await statfs(this.#options.workspaces).catch(() => undefined);
    if (disk) this.#free.set(disk.bavail * disk.bsize);
    send(response, 200, this.#registry.contentType, await this.#registry.metrics());
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body);
}
