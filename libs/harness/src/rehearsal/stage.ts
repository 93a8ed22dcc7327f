import { once } from "node:events";
import type { Server } from "node:http";
import * as http from "node:http";
import { join, relative } from "node:path";

/** The headers of an answer. */
export const STREAM = { "content-type": "text/event-stream" };

/** A provider of models on a socket of this process's own, that says what its script says. */
export class Stage {
  /** The path of the socket; it vanishes with the server. */
  readonly socketPath: string;
  readonly #server: Server;

  private constructor(socketPath: string, server: Server) {
    this.socketPath = socketPath;
    this.#server = server;
  }

  /** @param directory where the socket is made; nobody else may be able to reach into it */
  static async open(directory: string, answers: readonly string[]): Promise<Stage> {
    const left = [...answers];
    const server = http.createServer((request, response) => {
      request.resume();
      response.writeHead(200, { ...STREAM, connection: "close" });
      response.end(left.shift());
    });
    // From here: the path of a socket can have about a hundred characters.
    const socketPath = join(relative(process.cwd(), directory), "rehearsal.sock");
    server.listen(socketPath);
    await once(server, "listening");
    return new Stage(socketPath, server);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
