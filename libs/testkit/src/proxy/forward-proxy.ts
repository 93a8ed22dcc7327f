import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** A proxy for HTTP on a free loopback port, which remembers what it was asked for. */
export async function startForwardProxy(): Promise<ForwardProxy> {
  const proxy = new ForwardProxy();
  await proxy.listen();
  return proxy;
}

export class ForwardProxy {
  /** What it was asked for: `CONNECT host:port`, or a method and a whole URL. */
  readonly asked: string[] = [];
  /** The `proxy-authorization` of each, if it had one. */
  readonly credentials: (string | undefined)[] = [];
  readonly #server = createServer((incoming, response) => this.#forward(incoming, response));
  readonly #tunnels = new Set<Duplex>();

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<void> {
    this.#server.on("connect", (incoming, socket) => this.#tunnel(incoming, socket));
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    for (const socket of this.#tunnels) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #note({ method, url, headers }: IncomingMessage): void {
    this.asked.push(`${method} ${url}`);
    this.credentials.push(headers["proxy-authorization"]);
  }

  #forward(incoming: IncomingMessage, response: ServerResponse): void {
    this.#note(incoming);
    const { method, url = "", headers } = incoming;
    const outgoing = request(url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    incoming.pipe(outgoing);
  }

  /** All names lead to this machine. */
  #tunnel(incoming: IncomingMessage, socket: Duplex): void {
    this.#note(incoming);
    const port = Number(incoming.url?.split(":").at(-1));
    const onward: Socket = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) {
      this.#tunnels.add(end);
      end.on("error", () => undefined);
      end.on("close", () => {
        this.#tunnels.delete(end);
        socket.destroy();
        onward.destroy();
      });
    }
  }
}
