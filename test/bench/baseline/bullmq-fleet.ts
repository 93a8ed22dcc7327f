import { type ConnectionOptions, Queue, QueueEvents } from "bullmq";
import { promptFor, type Task } from "../agent.ts";
import type { Contestant, Submitted } from "../contestants/contestant.ts";
import { ownCpuMs } from "../processes/cpu-time.ts";
import { descendantsCpuMs, descendantsOf } from "../processes/process-tree.ts";
import { Program } from "../processes/program.ts";
import { atRest } from "../processes/rest.ts";
import type { RedisConsole } from "../redis-console.ts";

const QUEUE = "runs";

/** What a worker of the baselines is started with. */
export interface BullMqArguments {
  readonly queue: string;
  readonly connection: ConnectionOptions;
  readonly prefix: string;
  /** Jobs at once. */
  readonly concurrency: number;
}

export interface BullMqFleetOptions {
  readonly redis: RedisConsole;
  readonly redisUrl: string;
  /** What all its keys begin with. */
  readonly prefix: string;
  readonly concurrency: number;
  /** The program of its workers. */
  readonly worker: string;
  /** What the program is told beside `BullMqArguments`. */
  readonly more: object;
}

/** A BullMQ queue and a worker in a process of its own. Jobs are added by this process, whose CPU does not count. */
export class BullMqFleet implements Contestant, AsyncDisposable {
  readonly #options: BullMqFleetOptions;
  readonly #queue: Queue;
  readonly #events: QueueEvents;
  readonly #workers: Program[] = [];

  static async start(options: BullMqFleetOptions): Promise<BullMqFleet> {
    const fleet = new BullMqFleet(options);
    await fleet.#events.waitUntilReady();
    await fleet.startWorker();
    return fleet;
  }

  private constructor(options: BullMqFleetOptions) {
    const { redisUrl, prefix } = options;
    this.#options = options;
    this.#queue = new Queue(QUEUE, { connection: { url: redisUrl }, prefix });
    this.#events = new QueueEvents(QUEUE, { connection: { url: redisUrl }, prefix });
    this.#events.setMaxListeners(0);
    this.#queue.setMaxListeners(0);
  }

  /** Its first worker. */
  get worker(): Program {
    const [worker] = this.#workers;
    if (!worker) throw new Error("No worker was started");
    return worker;
  }

  /** The processes that its workers have started and that live. */
  get runners(): number[] {
    return this.#workers.flatMap(({ pid }) => descendantsOf(pid));
  }

  async startWorker(): Promise<Program> {
    const { redisUrl, prefix, concurrency, worker: url, more } = this.#options;
    const worker = new Program(url, { queue: QUEUE, connection: { url: redisUrl }, prefix, concurrency, ...more });
    this.#workers.push(worker);
    await worker.heard();
    return worker;
  }

  async submit(task: Task): Promise<Submitted> {
    const job = await this.#queue.add("run", { prompt: promptFor(task) });
    return { ended: job.waitUntilFinished(this.#events).then(() => undefined) };
  }

  /** Adds a job and waits for nothing. */
  async add(task: Task): Promise<void> {
    await this.#queue.add("run", { prompt: promptFor(task) });
  }

  /** Adds so many jobs and resolves when all have been completed. */
  async runAll(task: Task, count: number): Promise<void> {
    let left = count;
    const { promise, resolve } = Promise.withResolvers<void>();
    const onCompleted = () => {
      left -= 1;
      if (left === 0) resolve();
    };
    this.#events.on("completed", onCompleted);
    await this.#queue.addBulk(
      Array.from({ length: count }, () => ({ name: "run", data: { prompt: promptFor(task) } })),
    );
    await promise;
    this.#events.off("completed", onCompleted);
  }

  async cpuMs(): Promise<number> {
    const own = this.#workers.map(({ pid }) => ownCpuMs(pid) + descendantsCpuMs(pid));
    return own.reduce((sum, cpuMs) => sum + cpuMs, await this.#options.redis.cpuMs());
  }

  rest(): Promise<void> {
    return atRest(this.#workers.map(({ pid }) => pid));
  }

  /** Ends what its workers have started, too: nobody else would. */
  async [Symbol.asyncDispose](): Promise<void> {
    const orphans = this.runners;
    await Promise.all(this.#workers.map((worker) => worker.kill()));
    for (const pid of orphans) killIfAlive(pid);
    await Promise.all([this.#queue.close(), this.#events.close()]);
  }
}

export function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // What has ended needs no killing.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
