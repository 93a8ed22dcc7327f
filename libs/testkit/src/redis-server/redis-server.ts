import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A Redis server of a test's own, which it may freeze, stop and start again on the same port. It keeps nothing. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #directory: string;
  #process: ChildProcess | undefined;

  /** A server that is not started yet, on a free port of this host. */
  static async reserve(): Promise<RedisServer> {
    return new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), "redis-")));
  }

  private constructor(port: number, directory: string) {
    this.port = port;
    this.#directory = directory;
  }

  /** The process of the server, once it was started; else 0. */
  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, with further arguments. Resolves when it accepts connections. */
  start(...more: string[]): Promise<void> {
    return this.#launch(more, "Ready to accept connections");
  }

  /** Starts it with all that another one holds, and apart from it from then on: as a replica whose primary has died. */
  async startAsCopyOf(other: RedisServer): Promise<void> {
    await this.#launch(["--replicaof", "127.0.0.1", String(other.port)], "sync: Finished with success");
    const socket = connect(this.port, "127.0.0.1");
    socket.write("REPLICAOF NO ONE\r\n");
    await once(socket, "data");
    socket.destroy();
  }

  /** Resolves when it has logged this. */
  async #launch(more: string[], until: string): Promise<void> {
    const own = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", "", "--dir", this.#directory];
    this.#process = spawn("redis-server", [...own, ...more], { stdio: ["ignore", "pipe", "inherit"] });
    const { stdout } = this.#process;
    if (!stdout) throw new Error("redis-server has no output");
    const lines = createInterface(stdout);
    for await (const line of lines) if (line.includes(until)) break;
    stdout.resume();
  }

  /** Stops its process where it is: connections stay open, and nothing answers until `thaw`. */
  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Ends it at once, as a crash would; what it held is gone. */
  async stop(): Promise<void> {
    const server = this.#process;
    this.#process = undefined;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, "exit");
    server.kill("SIGKILL");
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (!address || typeof address === "string") throw new Error("no port");
  return address.port;
}
