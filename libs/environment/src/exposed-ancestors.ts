import { readFileSync } from "node:fs";

/** A secret shorter than this is found in environments that do not hold it. */
const LEAST_LENGTH = 8;

/** A process that shows a secret in its environment. */
export interface ExposingProcess {
  readonly pid: number;
  /** Its name, as the kernel has it; at most 15 characters. */
  readonly name: string;
}

/**
 * The processes above this one, nearest first, whose environment holds one of these secrets and can be read by every
 * process of this user, such as `npm exec` and its shell. Linux only; elsewhere none is found.
 */
export function exposingAncestors(secrets: readonly string[]): ExposingProcess[] {
  const long = secrets.filter((secret) => secret.length >= LEAST_LENGTH);
  return ancestors(process.ppid).filter(({ pid }) => {
    const environment = read(pid, "environ");
    return long.some((secret) => environment.includes(secret));
  });
}

function ancestors(from: number): ExposingProcess[] {
  const found: ExposingProcess[] = [];
  for (let pid = from; pid > 0; ) {
    const [, name = "", parent = "0"] = /^\d+ \((.*)\) \S (\d+) /s.exec(read(pid, "stat")) ?? [];
    found.push({ pid, name });
    pid = Number(parent);
  }
  return found;
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    // It has ended, belongs to another user, or this is no Linux: nothing can be read by our tools either.
    return "";
  }
}
