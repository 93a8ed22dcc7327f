import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What every sink can do. */
export interface SinkControls {
  /** Resolves as soon as the condition holds, which is looked at now and after every request. */
  until(condition: () => boolean): Promise<void>;
  /** Goes down: connections are broken off, and new ones refused. */
  down(): Promise<void>;
  /** Comes back at the same address. */
  up(): Promise<void>;
  close(): Promise<void>;
}

export interface SinkServer extends SinkControls {
  /** Such as `http://127.0.0.1:41234`. */
  readonly origin: string;
}

/**
 * Starts a server on a free port of the loopback address that others send to.
 * @param take takes a request and answers it
 */
export async function startSinkServer(
  take: (incoming: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<SinkServer> {
  const waiting = new Set<() => void>();
  const server = createServer(async (incoming, response) => {
    await take(incoming, response);
    for (const look of waiting) look();
  });
  const listen = (on: number) => new Promise<void>((resolve) => server.listen(on, "127.0.0.1", resolve));
  const down = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!condition()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, until, down, up: () => listen(port), close: down };
}
