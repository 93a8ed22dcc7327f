import type { LookupAddress, LookupOptions } from "node:dns";
import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type HostsFile, parseHosts } from "./hosts-file.ts";
import { candidates, parseSearchList, type SearchList } from "./search-list.ts";
import { SystemFile } from "./system-file.ts";
import { wellKnownAddresses } from "./well-known-names.ts";

export interface NameResolverOptions {
  /** Name servers to ask, as `address` or `address:port`. Default: those of the machine. */
  readonly servers?: readonly string[];
  /** Time limit of one resolution, milliseconds. Default: 5,000. */
  readonly limitMs?: number;
  /** Default: `/etc/hosts`. */
  readonly hostsPath?: string;
  /** Default: `/etc/resolv.conf`. */
  readonly searchPath?: string;
}

/** A name that has no address now. */
export class NameError extends Error {
  override readonly name = "NameError";
  /** As Node's resolvers have it, such as `ENOTFOUND` or `ETIMEOUT`. */
  readonly code: string;

  constructor(host: string, code: string) {
    super(`${host} cannot be resolved (${code})`);
    this.code = code;
  }
}

const LIMIT_MS = 5_000;
/** Within the limit, a question that got lost is asked once more. */
const TRIES = { timeout: 1_500, tries: 2 };
/** How long the addresses of one family wait for those of the other (https://www.rfc-editor.org/rfc/rfc8305#section-3). */
const OTHER_FAMILY_MS = 250;
/** More addresses of one family than these are not tried. */
const MAX_ADDRESSES = 16;
const NO_SUCH_NAME = new Set(["ENOTFOUND", "ENODATA"]);

/**
 * Resolves the names that clients choose. It asks the name servers itself and never uses `getaddrinfo`: that one blocks
 * a thread of the few that the process has, for as long as a silent name server likes, and whatever else needs a name
 * then waits behind it, the connection to Redis first.
 *
 * As elsewhere on the machine, names in the hosts file come first, and short names are completed by the search list.
 */
export class NameResolver {
  readonly #servers: readonly string[] | undefined;
  readonly #limitMs: number;
  readonly #hosts: SystemFile<HostsFile>;
  readonly #search: SystemFile<SearchList>;

  constructor({
    servers,
    limitMs = LIMIT_MS,
    hostsPath = "/etc/hosts",
    searchPath = "/etc/resolv.conf",
  }: NameResolverOptions = {}) {
    this.#servers = servers;
    this.#limitMs = limitMs;
    this.#hosts = new SystemFile(hostsPath, parseHosts);
    this.#search = new SystemFile(searchPath, parseSearchList);
  }

  /**
   * All addresses of a name, IPv4 first; those of one family when `family` is 4 or 6. Within the time limit.
   * @throws {NameError}
   */
  async resolve(name: string, { family = 0 }: Pick<LookupOptions, "family"> = {}): Promise<readonly LookupAddress[]> {
    const families = [4, 6].filter((wanted) => !(family === 4 || family === 6) || wanted === family);
    const known = await this.#known(name.toLowerCase());
    const addresses = known.map((address) => ({ address, family: isIP(address) }));
    if (addresses.length === 0) return this.#askServers(name, families);
    const wanted = addresses.filter((address) => families.includes(address.family));
    if (wanted.length > 0) return wanted;
    throw new NameError(name, "ENODATA");
  }

  async #known(name: string): Promise<readonly string[]> {
    return (await this.#hosts.read()).get(name) ?? wellKnownAddresses(name);
  }

  /** Each resolution has a resolver of its own, so that it can be given up without the others. */
  async #askServers(name: string, families: readonly number[]): Promise<LookupAddress[]> {
    const names = candidates(name, await this.#search.read());
    const resolver = new Resolver(TRIES);
    if (this.#servers) resolver.setServers(this.#servers);
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      resolver.cancel();
    }, this.#limitMs);
    let code = "ENOTFOUND";
    try {
      for (const candidate of names) {
        const answer = await ask(resolver, candidate, families);
        if (typeof answer !== "string") return answer;
        if (isLate) throw new NameError(name, "ETIMEOUT");
        if (!NO_SUCH_NAME.has(answer)) code = answer;
      }
      throw new NameError(name, code);
    } finally {
      clearTimeout(limit);
      resolver.cancel();
    }
  }
}

/** The addresses of a name, IPv4 first; or the code of the error that says most about why there are none. */
async function ask(resolver: Resolver, name: string, families: readonly number[]): Promise<LookupAddress[] | string> {
  const found: LookupAddress[] = [];
  const codes: string[] = [];
  const answers = families.map(async (family) => {
    try {
      const addresses = await (family === 4 ? resolver.resolve4(name) : resolver.resolve6(name));
      found.push(...addresses.slice(0, MAX_ADDRESSES).map((address) => ({ address, family })));
    } catch (error) {
      codes.push(error instanceof Error && "code" in error ? String(error.code) : "EBADNAME");
      throw error;
    }
  });
  const all = Promise.allSettled(answers);
  try {
    await Promise.any(answers);
  } catch {
    return codes.find((code) => !NO_SUCH_NAME.has(code)) ?? "ENOTFOUND";
  }
  await Promise.race([all, pause(OTHER_FAMILY_MS)]);
  return found.sort((one, other) => one.family - other.family);
}
