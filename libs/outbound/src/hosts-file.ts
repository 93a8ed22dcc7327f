import { isIP } from "node:net";

/** The names of a hosts file in lower case, each with its addresses in their order. */
export type HostsFile = ReadonlyMap<string, readonly string[]>;

/** Parses a hosts file: an address and its names on each line, and comments. Lines that begin with no address do not count. */
export function parseHosts(text: string): HostsFile {
  const hosts = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = words(line);
    if (isIP(address) === 0) continue;
    for (const name of names) {
      const addresses = hosts.get(name.toLowerCase());
      if (addresses) addresses.push(address);
      else hosts.set(name.toLowerCase(), [address]);
    }
  }
  return hosts;
}

/** The words of a line of a system file, without its comment. */
export function words(line: string): string[] {
  const [content = ""] = line.split(/[#;]/, 1);
  return content.split(/[ \t\r]/).filter((word) => word !== "");
}
