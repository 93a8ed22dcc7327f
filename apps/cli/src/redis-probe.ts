import { connect } from "node:net";

const PATIENCE_MS = 3_000;
const DEFAULT_PORT = 6_379;

/** Whether something listens where this Redis URL points to. */
export function answers(redisUrl: string): Promise<boolean> {
  const { hostname, port } = new URL(redisUrl);
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) || DEFAULT_PORT, timeout: PATIENCE_MS });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", () => settle(true));
    socket.on("timeout", () => settle(false));
    socket.on("error", () => settle(false));
  });
}
