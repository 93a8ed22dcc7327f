import { BlockList, isIP, isIPv4 } from "node:net";

/**
 * The addresses in some CIDRs. A `BlockList` holds the CIDRs of one family only: asked for an IPv4 address, it looks
 * it up among the IPv6 ranges too, in its mapped form, and the other way round.
 */
export class AddressSet {
  readonly #ipv4 = new BlockList();
  readonly #ipv6 = new BlockList();

  /** @throws {TypeError | RangeError} when one of them is no CIDR */
  constructor(cidrs: readonly string[]) {
    for (const cidr of cidrs) {
      const [network = "", prefix = ""] = cidr.split("/");
      const bits = prefix === "" ? Number.NaN : Number(prefix);
      if (isIPv4(network)) this.#ipv4.addSubnet(network, bits, "ipv4");
      else this.#ipv6.addSubnet(network, bits, "ipv6");
    }
  }

  /** Whether the address, which must be one, is in the set. The zone of an IPv6 address does not matter. */
  has(address: string): boolean {
    const [withoutZone = ""] = address.split("%");
    return isIP(withoutZone) === 4 ? this.#ipv4.check(withoutZone, "ipv4") : this.#ipv6.check(withoutZone, "ipv6");
  }
}
