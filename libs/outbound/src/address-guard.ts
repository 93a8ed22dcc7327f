import type { Agent } from "node:http";
import { isIP } from "node:net";
import { type AddressAllowance, AddressPolicy } from "./address-policy.ts";
import { ForbiddenAddressError } from "./forbidden-address-error.ts";
import { createAgents, type Resolve } from "./guarded-agent.ts";
import { NameResolver } from "./name-resolver.ts";
import { wellKnownAddresses } from "./well-known-names.ts";

export interface AddressGuardOptions {
  /** Addresses that may be connected to besides public ones. Default: none. */
  readonly allow?: readonly AddressAllowance[];
  /** Default: a `NameResolver` that asks the name servers of the machine. */
  readonly resolve?: Resolve;
}

/** How to connect to an address that a client names. */
export interface GuardedConnection {
  /** It checks the host at every connection, so there is no way around the guard for who uses it. */
  readonly agent: Agent;
  /** Whether a request failed because its host must not be connected to. */
  readonly isForbidden: (error: Error) => boolean;
}

/**
 * Keeps requests that clients make us send, to webhooks and collectors, away from what only we can reach: the machine
 * itself, its network, the credentials that a cloud serves. docs/decisions/0008-address-guard.md says how.
 */
export class AddressGuard {
  readonly #policy: AddressPolicy;
  readonly #agents: ReturnType<typeof createAgents>;

  /** @throws {TypeError | RangeError} when an allowance is no CIDR */
  constructor({ allow = [], resolve }: AddressGuardOptions = {}) {
    this.#policy = new AddressPolicy(allow);
    const names = new NameResolver();
    this.#agents = createAgents(this.#policy, resolve ?? ((name, options) => names.resolve(name, options)));
  }

  /**
   * Why a URL must not be used, as far as its text tells: words for whoever sent it, that follow the name of the
   * field. Names are not resolved: what they stand for is checked at every connection.
   */
  refusal({ protocol, username, password, hostname }: URL): string | undefined {
    if (protocol !== "http:" && protocol !== "https:") return "must begin with http:// or https://";
    if (username !== "" || password !== "") return "must hold no user and no password";
    const host = withoutBrackets(hostname);
    const addresses = isIP(host) === 0 ? wellKnownAddresses(host) : [host];
    const kinds = addresses.map((address) => this.#policy.refusedKind(address));
    const [kind] = kinds;
    if (kind === undefined || kinds.includes(undefined)) return undefined;
    return `must lead to a public address, and ${host} does not (${kind}); whoever runs the fleet can allow it with PIFLEET_WEBHOOK_ALLOW`;
  }

  /** How to connect to a URL. The agent goes with its protocol only: Node refuses it for the other. */
  connectionTo({ protocol }: URL): GuardedConnection {
    return { agent: protocol === "https:" ? this.#agents.https : this.#agents.http, isForbidden };
  }
}

function isForbidden(error: Error): boolean {
  return error instanceof ForbiddenAddressError;
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}
