import type { FastifyBaseLogger } from "fastify";
import type { LogFields } from "./log-fields.ts";

/** Work whose end no answer waits for. A stop waits for it; a failure is logged. */
export class Background {
  readonly #log: FastifyBaseLogger;
  readonly #running = new Set<Promise<void>>();

  constructor(log: FastifyBaseLogger) {
    this.#log = log;
  }

  /** @param failure what to log when the work fails */
  run(work: Promise<unknown>, failure: string, fields: LogFields): void {
    const done: Promise<void> = work.then(
      () => undefined,
      (err) => this.#log.warn({ ...fields, err }, failure),
    );
    this.#running.add(done);
    void done.then(() => this.#running.delete(done));
  }

  /** Resolves when nothing runs any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }
}
