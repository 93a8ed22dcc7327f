import { readFileSync } from "node:fs";
import type { Arena } from "./arena.ts";

const LOOK_MS = 500;

/** Remembers how much memory the services took at most, MB. */
export class MemoryWatch {
  readonly peaks = { api: 0, worker: 0, redis: 0 };
  readonly #arena: Arena;
  readonly #timer: NodeJS.Timeout;

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { fleet, redis, workers } = this.#arena;
    this.#note("api", ...fleet.apis.map(({ pid }) => pid));
    this.#note("worker", ...workers.map(({ pid }) => pid));
    this.#note("redis", redis.pid);
  }

  #note(kind: keyof MemoryWatch["peaks"], ...pids: number[]): void {
    for (const pid of pids) this.peaks[kind] = Math.max(this.peaks[kind], residentMb(pid));
  }
}

function residentMb(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0) / 1_024;
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}
