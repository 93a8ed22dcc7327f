import type { PooledRunner } from "../pool/runner-pool.ts";

type End = { code: number | null; signal: string | null };

/** A runner without a process, for tests of the pool. */
export class FakeRunner implements PooledRunner {
  readonly exited: Promise<End>;
  lives = true;
  disposed = false;
  readonly #end = Promise.withResolvers<End>();

  constructor() {
    this.exited = this.#end.promise;
  }

  /** Dies; the pool is told later, as of a process. */
  die(): void {
    this.lives = false;
    this.#end.resolve({ code: null, signal: "SIGKILL" });
  }

  async dispose(): Promise<void> {
    this.die();
    this.disposed = true;
  }
}

/** A start that is under way. */
export interface FakeStart {
  readonly abandoned: AbortSignal;
  /** It has succeeded; returns the runner. */
  ready(): FakeRunner;
  fail(error: Error): void;
}

/** Starts runners as a test tells it to. */
export class FakeStarter {
  /** Every start, oldest first. */
  readonly starts: FakeStart[] = [];

  readonly start = (abandoned: AbortSignal): Promise<FakeRunner> => {
    const { promise, resolve, reject } = Promise.withResolvers<FakeRunner>();
    abandoned.addEventListener("abort", () => reject(abandoned.reason));
    this.starts.push({
      abandoned,
      ready() {
        const runner = new FakeRunner();
        resolve(runner);
        return runner;
      },
      fail: reject,
    });
    return promise;
  };

  /** The newest start. */
  get last(): FakeStart {
    const last = this.starts.at(-1);
    if (!last) throw new Error("Nothing was started");
    return last;
  }
}
