import { type Backend, UnavailableError } from "@pifleet/invocation";
import type { OperatorConfig } from "./config.ts";
import { CommandFailure } from "./failure.ts";

const PATIENCE_MS = 3_000;

/**
 * Does what operators do straight in the fleet's Redis, without an API.
 * @throws {CommandFailure} when Redis does not answer
 */
export async function withRedis<T>(
  { redisUrl: url, redisPrefix: prefix, retentionMs }: OperatorConfig,
  asked: AbortSignal,
  act: (backend: Backend) => Promise<T>,
): Promise<T> {
  // The other commands start faster without it.
  const { connectBackend } = await import("@pifleet/redis");
  const signal = AbortSignal.any([asked, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    const backend = await connectBackend({ url, prefix, retentionMs, role: "worker", signal });
    return await act(backend).finally(() => backend.close());
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    throw new CommandFailure(`No Redis answers at ${new URL(url).host}; REDIS_URL says where it is.`);
  }
}
