const DISPATCHER = Symbol.for("undici.globalDispatcher.1");

/**
 * Lets a model think for as long as the invocation's deadlines allow: Node's fetch gives up after five minutes without
 * a byte. The class of its dispatcher can be had from the one that is in use, without loading undici a second time.
 */
export function liftHttpTimeouts(): void {
  const globals = globalThis as { [DISPATCHER]?: object };
  const current = globals[DISPATCHER];
  if (current?.constructor.name !== "Agent") return;
  const Agent = current.constructor as new (options: { headersTimeout: number; bodyTimeout: number }) => object;
  globals[DISPATCHER] = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
}
