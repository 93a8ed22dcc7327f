import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { isObject } from "../json.ts";
import { readProcess } from "../processes/process-table.ts";

/** A process that can be recognised later, also by another process, also after a reboot. */
export interface WorkerIdentity {
  readonly pid: number;
  /** When it was started, in clock ticks since boot: a pid alone may mean another process by now. */
  readonly startTicks: number;
  readonly bootId: string;
  /** In another PID namespace the same number is another process. */
  readonly pidNamespace: string;
  readonly host: string;
}

/** State of a worker: `foreign` is one that cannot be seen from here, and is never judged. */
export type WorkerState = "alive" | "dead" | "dead_before_boot" | "foreign";

let own: WorkerIdentity | undefined;

/** This process; `undefined` where there is no /proc to tell. */
export function ownIdentity(): WorkerIdentity | undefined {
  own ??= readOwn();
  return own;
}

/** How another worker stands, as far as it can be seen from this process. */
export function workerState(worker: WorkerIdentity, self: WorkerIdentity): WorkerState {
  if (worker.host !== self.host) return "foreign";
  if (worker.bootId !== self.bootId) return "dead_before_boot";
  if (worker.pidNamespace !== self.pidNamespace) return "foreign";
  const process = readProcess(worker.pid);
  // One that has ended and was not collected by its parent does nothing any more.
  const lives = process?.startTicks === worker.startTicks && process.state !== "Z" && process.state !== "X";
  return lives ? "alive" : "dead";
}

export function isWorkerIdentity(value: unknown): value is WorkerIdentity {
  if (!isObject(value)) return false;
  const { pid, startTicks, bootId, pidNamespace, host } = value;
  const numbered = Number.isSafeInteger(pid) && Number.isSafeInteger(startTicks);
  return numbered && [bootId, pidNamespace, host].every((field) => typeof field === "string");
}

function readOwn(): WorkerIdentity | undefined {
  const startTicks = readProcess(process.pid)?.startTicks;
  if (startTicks === undefined) return undefined;
  return {
    pid: process.pid,
    startTicks,
    bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    pidNamespace: readlinkSync("/proc/self/ns/pid"),
    host: hostname(),
  };
}
