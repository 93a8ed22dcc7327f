import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Stands between a client and a server, to break their connections at a moment of the test's choice. */
export class TcpProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  #loseReply: (() => void) | undefined;

  /** Forwards a free port of this host to `port` on `host`. */
  static async to(port: number, host = "127.0.0.1"): Promise<TcpProxy> {
    const sockets = new Set<Socket>();
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new TcpProxy(server, sockets, () => connect(port, host));
  }

  private constructor(server: Server, sockets: Set<Socket>, reach: () => Socket) {
    const address = server.address();
    if (!address || typeof address === "string") throw new Error("no port");
    this.port = address.port;
    this.#server = server;
    this.#sockets = sockets;
    server.on("connection", (client) => this.#forward(client, reach()));
  }

  /** Breaks all connections instead of forwarding what a server says next. Resolves when that has happened. */
  loseNextReply(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#loseReply = resolve;
    return promise;
  }

  /** Forwards nothing any more over the connections that there are; new ones work. */
  silence(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#breakAll();
    await once(this.#server, "close");
  }

  #forward(client: Socket, server: Socket): void {
    for (const [socket, peer] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => peer.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        peer.destroy();
      });
    }
    client.on("data", (chunk) => server.write(chunk));
    server.on("data", (chunk) => {
      if (!this.#loseReply) return client.write(chunk);
      this.#loseReply();
      this.#loseReply = undefined;
      this.#breakAll();
    });
  }

  #breakAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
