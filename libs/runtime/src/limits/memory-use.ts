import { readFile } from "node:fs/promises";

const PAGE_BYTES = 4_096;
const KB = 1_024;

/**
 * Whether these processes take more memory than `limit` bytes together. What they share counts once: when the sum of what
 * each has in memory is too much, the kernel is asked for the share of each, which costs it a walk over all pages.
 */
export async function takeMoreMemory(pids: readonly number[], limit: number): Promise<boolean> {
  if ((await sum(pids, residentBytes)) <= limit) return false;
  return (await sum(pids, shareBytes)) > limit;
}

async function sum(pids: readonly number[], bytesOf: (pid: number) => Promise<number>): Promise<number> {
  const bytes = await Promise.all(pids.map(bytesOf));
  return bytes.reduce((total, each) => total + each, 0);
}

async function residentBytes(pid: number): Promise<number> {
  const [, pages = "0"] = (await read(`/proc/${pid}/statm`)).split(" ");
  return Number(pages) * PAGE_BYTES;
}

/** The proportional set size; what is resident where the kernel does not tell it. */
async function shareBytes(pid: number): Promise<number> {
  const [, kilobytes] = /^Pss: +(\d+) kB$/m.exec(await read(`/proc/${pid}/smaps_rollup`)) ?? [];
  return kilobytes === undefined ? residentBytes(pid) : Number(kilobytes) * KB;
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    // The process has ended.
    return "";
  }
}
