import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The state LISTEN in /proc/net/tcp. */
const LISTEN = "0A";

/** The inodes of the TCP sockets on which a process listens, in order. Linux only. */
export function listeningSockets(pid: number): string[] {
  const listening = new Set(["tcp", "tcp6"].flatMap((table) => listeningInodes(`/proc/${pid}/net/${table}`)));
  return openSockets(pid)
    .filter((inode) => listening.has(inode))
    .sort();
}

function listeningInodes(table: string): string[] {
  const rows = readFileSync(table, "utf8").trim().split("\n").slice(1);
  const columns = rows.map((row) => row.trim().split(/\s+/));
  return columns.flatMap((column) => (column[3] === LISTEN && column[9] !== undefined ? [column[9]] : []));
}

function openSockets(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(targetOf(`/proc/${pid}/fd/${descriptor}`)) ?? [];
    return inode === undefined ? [] : [inode];
  });
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    // It was closed meanwhile.
    return "";
  }
}
