import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/**
 * The network between some processes and a server. It can go silent as a network does whose cable was pulled: nobody
 * is told, the connections stay, and what was sent meanwhile arrives when the cable is back.
 */
export class Link implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #silent = false;
  #doomed: string | undefined;
  #lost = 0;

  /** A link to `port` of this host. */
  static async to(port: number): Promise<Link> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Link(server, port);
  }

  /** A link to the Redis of all tests. */
  static toRedis(): Promise<Link> {
    return Link.to(Number(new URL(process.env.REDIS_URL ?? "redis://127.0.0.1:6379").port));
  }

  private constructor(server: Server, port: number) {
    this.#server = server;
    server.on("connection", (client) => this.#join(client, connect(port, "127.0.0.1")));
  }

  /** The address of a Redis that is reached by this link. */
  get redisUrl(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `redis://127.0.0.1:${port}`;
  }

  /** From now on nothing gets through, in either direction. */
  silence(): void {
    this.#silent = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** Everything gets through again, and first what was held up. */
  heal(): void {
    this.#silent = false;
    for (const socket of this.#sockets) socket.resume();
  }

  /** Breaks all connections; new ones are made at once. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** From now on each piece that the server sends is lost if it holds `text`. */
  lose(text: string): void {
    this.#doomed = text;
  }

  /** How many pieces were lost. */
  get lost(): number {
    return this.#lost;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, "close");
  }

  #join(client: Socket, server: Socket): void {
    this.#carry(client, server, () => true);
    this.#carry(server, client, (piece) => !this.#isDoomed(piece));
  }

  #isDoomed(piece: Buffer): boolean {
    if (this.#doomed === undefined || !piece.includes(this.#doomed)) return false;
    this.#lost += 1;
    return true;
  }

  #carry(from: Socket, to: Socket, passes: (piece: Buffer) => boolean): void {
    this.#sockets.add(from);
    from.on("data", (piece: Buffer) => {
      if (passes(piece)) to.write(piece);
    });
    from.on("error", () => to.destroy());
    from.on("close", () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    if (this.#silent) from.pause();
  }
}
