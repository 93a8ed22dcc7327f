import type { LookupAddress, LookupOptions } from "node:dns";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIP, type LookupFunction, Socket } from "node:net";
import type { AddressPolicy } from "./address-policy.ts";
import { ForbiddenAddressError } from "./forbidden-address-error.ts";

/** Resolves a name to all its addresses, in the order in which to try them. */
export type Resolve = (name: string, options: LookupOptions) => Promise<readonly LookupAddress[]>;

/**
 * Makes an agent connect to nothing that the policy refuses: it checks a host that is an address, which Node connects
 * to without a lookup, and what a name resolves to. Node connects to the very addresses that its lookup hands on.
 * A lookup among the options of a request is not asked.
 */
function guarded<A extends HttpAgent>(agent: A, policy: AddressPolicy, resolve: Resolve): A {
  const connect = agent.createConnection.bind(agent);
  const lookup = permittedLookup(policy, resolve);
  agent.createConnection = (options, callback) => {
    const host = options.host ?? "localhost";
    const kind = isIP(host) === 0 ? undefined : policy.refusedKind(host);
    if (!kind) return connect({ ...options, lookup }, callback);
    // The request hears of it in its own time, as of any error; thrown, it would miss the listeners.
    callback?.(new ForbiddenAddressError(host, kind), new Socket());
    return undefined;
  };
  return agent;
}

/**
 * An agent for each protocol. Neither keeps a connection after its request, so that no request travels on one that
 * was made for an earlier answer of the name server, and neither uses a proxy, which would resolve the name itself.
 */
export function createAgents(policy: AddressPolicy, resolve: Resolve) {
  return {
    http: guarded(new HttpAgent({ keepAlive: false }), policy, resolve),
    https: guarded(new HttpsAgent({ keepAlive: false }), policy, resolve),
  };
}

/** Resolves a name to those of its addresses that may be connected to. With none of them it fails. */
function permittedLookup(policy: AddressPolicy, resolve: Resolve): LookupFunction {
  return (name, options, callback) => {
    permittedAddresses(name, options).then(
      ([first, ...others]) =>
        options.all ? callback(null, [first, ...others]) : callback(null, first.address, first.family),
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };

  async function permittedAddresses(name: string, options: LookupOptions) {
    const found = await resolve(name, options);
    const [first, ...others] = found.filter(({ address }) => policy.refusedKind(address) === undefined);
    if (first) return [first, ...others] as const;
    throw new ForbiddenAddressError(name, policy.refusedKind(found[0]?.address ?? "") ?? "invalid");
  }
}
