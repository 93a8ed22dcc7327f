import { once } from "node:events";
import { connect as connectPlain, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { connect as connectTls } from "node:tls";

type Reply = string | number | null | Reply[];

const PORT = 6_379;
const PAGE = 1_000;
const POLL_MS = 20;

/** Looks at Redis from outside, as an operator does with `redis-cli`. */
export class RedisConsole implements Disposable {
  readonly #socket: Socket;
  readonly #closed = new AbortController();
  #received = Buffer.alloc(0);
  /** Settled when the command before has its answer. */
  #answered: Promise<unknown> = Promise.resolve();

  /** @param url `redis://` or `rediss://` */
  static async connect(url: string): Promise<RedisConsole> {
    const { protocol, hostname: host, port, username, password, pathname } = new URL(url);
    const address = { host, port: Number(port || PORT) };
    const secure = protocol === "rediss:";
    const socket = secure ? connectTls({ ...address, servername: host }) : connectPlain(address);
    await once(socket, secure ? "secureConnect" : "connect");
    const console = new RedisConsole(socket);
    if (password) await console.#ask("AUTH", decodeURIComponent(username || "default"), decodeURIComponent(password));
    if (pathname.length > 1) await console.#ask("SELECT", pathname.slice(1));
    return console;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.once("close", () => this.#closed.abort(new Error("Redis has closed the connection")));
  }

  /** A section of what the server tells of itself. */
  async info(section: string): Promise<Map<string, string>> {
    const lines = String(await this.#ask("INFO", section)).split("\r\n");
    return new Map(lines.flatMap((line) => (line.includes(":") ? [splitAt(line, line.indexOf(":"))] : [])));
  }

  /** What a section says of itself in this field, as a number. */
  async figure(section: string, field: string): Promise<number> {
    return Number((await this.info(section)).get(field));
  }

  /** How many commands it has executed since it started, without those that tell about itself. */
  async commands(): Promise<number> {
    const calls = [...(await this.info("commandstats"))].map(([name, figures]) =>
      name === "cmdstat_info" ? 0 : Number(/^calls=(\d+)/.exec(figures)?.[1] ?? 0),
    );
    return calls.reduce((sum, count) => sum + count, 0);
  }

  /** Resolves when at least so many channels are subscribed to. */
  async subscribed(channels: number): Promise<void> {
    while ((await this.figure("stats", "pubsub_channels")) < channels) await setTimeout(POLL_MS);
  }

  /** Resolves when nobody has asked it anything for this long, milliseconds. */
  async quiet(forMs: number): Promise<void> {
    for (let before = -1, now = await this.commands(); now !== before; now = await this.commands()) {
      before = now;
      await setTimeout(forMs);
    }
  }

  /** All keys that begin with this. */
  async keys(prefix: string): Promise<string[]> {
    const keys = new Set<string>();
    for (let cursor = ""; cursor !== "0"; ) {
      const [next, page] = (await this.#ask("SCAN", cursor || "0", "MATCH", `${prefix}*`, "COUNT", String(PAGE))) as [
        string,
        string[],
      ];
      for (const key of page) keys.add(key);
      cursor = next;
    }
    return [...keys];
  }

  /** The memory that a key takes with its name, bytes; 0 when there is none. */
  async memoryOf(key: string): Promise<number> {
    return Number((await this.#ask("MEMORY", "USAGE", key, "SAMPLES", "0")) ?? 0);
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (let from = 0; from < keys.length; from += PAGE) await this.#ask("UNLINK", ...keys.slice(from, from + PAGE));
  }

  /** The CPU time that the server has taken, whoever it worked for, milliseconds. */
  async cpuMs(): Promise<number> {
    const cpu = await this.info("cpu");
    return (Number(cpu.get("used_cpu_user")) + Number(cpu.get("used_cpu_sys"))) * 1_000;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #ask(...command: string[]): Promise<Reply> {
    const reply = this.#answered.then(() => this.#exchange(command));
    this.#answered = reply.catch(() => undefined);
    return reply;
  }

  async #exchange(command: readonly string[]): Promise<Reply> {
    const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
    this.#socket.write(`*${command.length}\r\n${parts.join("")}`);
    return this.#read();
  }

  /** https://redis.io/docs/latest/develop/reference/protocol-spec/ */
  async #read(): Promise<Reply> {
    const line = await this.#line();
    const rest = line.slice(1);
    switch (line[0]) {
      case "-":
        throw new Error(`Redis refused: ${rest}`);
      case ":":
        return Number(rest);
      case "$":
        return Number(rest) < 0 ? null : this.#bulk(Number(rest));
      case "*":
        return this.#array(Number(rest));
      default:
        return rest;
    }
  }

  async #array(length: number): Promise<Reply[]> {
    const items: Reply[] = [];
    while (items.length < length) items.push(await this.#read());
    return items;
  }

  async #bulk(length: number): Promise<string> {
    while (this.#received.length < length + 2) await this.#more();
    return this.#take(length, 2).toString();
  }

  async #line(): Promise<string> {
    while (!this.#received.includes("\r\n")) await this.#more();
    return this.#take(this.#received.indexOf("\r\n"), 2).toString();
  }

  #take(length: number, skip: number): Buffer {
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length + skip);
    return taken;
  }

  async #more(): Promise<void> {
    const [piece] = (await once(this.#socket, "data", { signal: this.#closed.signal })) as [Buffer];
    this.#received = Buffer.concat([this.#received, piece]);
  }
}

function splitAt(text: string, at: number): [string, string] {
  return [text.slice(0, at), text.slice(at + 1)];
}
