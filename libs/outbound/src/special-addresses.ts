import { isIP } from "node:net";
import { AddressSet } from "./address-set.ts";

interface SpecialRange {
  readonly kind: string;
  readonly ipv4?: readonly string[];
  readonly ipv6?: readonly string[];
}

/**
 * The addresses that are not public, by kind; the first kind that holds an address is its kind. From the registries
 * https://www.iana.org/assignments/iana-ipv4-special-registry and
 * https://www.iana.org/assignments/iana-ipv6-special-registry, and for multicast and site-local addresses from
 * https://www.iana.org/assignments/ipv6-address-space. IPv6 is refused by default: only 2000::/3 is given out to
 * anybody (https://www.iana.org/assignments/ipv6-unicast-address-assignments), so that what a registry reserves
 * tomorrow outside of it is refused today.
 */
const SPECIAL_RANGES = [
  {
    // What clouds serve credentials at. Some of it lies in private ranges, and Azure's (168.63.129.16) in a public one.
    kind: "cloud metadata",
    ipv4: ["169.254.169.254/32", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32"],
    ipv6: ["fd00:ec2::254/128", "fd00:ec2::23/128", "fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128", "fd00:42::42/128"],
  },
  { kind: "unspecified", ipv4: ["0.0.0.0/8"], ipv6: ["::/128"] },
  { kind: "loopback", ipv4: ["127.0.0.0/8"], ipv6: ["::1/128"] },
  { kind: "private", ipv4: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"], ipv6: ["fc00::/7"] },
  { kind: "link-local", ipv4: ["169.254.0.0/16"], ipv6: ["fe80::/10"] },
  { kind: "site-local", ipv6: ["fec0::/10"] },
  { kind: "carrier-grade NAT", ipv4: ["100.64.0.0/10"] },
  { kind: "multicast", ipv4: ["224.0.0.0/4"], ipv6: ["ff00::/8"] },
  { kind: "broadcast", ipv4: ["255.255.255.255/32"] },
  {
    kind: "documentation",
    ipv4: ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"],
    ipv6: ["2001:db8::/32", "3fff::/20"],
  },
  { kind: "benchmarking", ipv4: ["198.18.0.0/15"], ipv6: ["2001:2::/48"] },
  // These lead to the IPv4 address that they hold, or to a relay that knows the way to it.
  { kind: "IPv4-mapped", ipv6: ["::ffff:0:0/96"] },
  { kind: "IPv4-compatible", ipv6: ["::/96"] },
  { kind: "IPv4-translated", ipv6: ["::ffff:0:0:0/96"] },
  { kind: "NAT64", ipv6: ["64:ff9b::/96", "64:ff9b:1::/48"] },
  { kind: "6to4", ipv4: ["192.88.99.0/24"], ipv6: ["2002::/16"] },
  { kind: "Teredo", ipv6: ["2001::/32"] },
  // They name hosts and have no place in the network.
  { kind: "ORCHID", ipv6: ["2001:10::/28", "2001:20::/28", "2001:30::/28"] },
  { kind: "reserved", ipv4: ["192.0.0.0/24", "240.0.0.0/4"], ipv6: ["2001::/23", "::/3", "4000::/2", "8000::/1"] },
] as const satisfies readonly SpecialRange[];

/** Why an address is not public; `invalid`: because it is none. */
export type AddressKind = (typeof SPECIAL_RANGES)[number]["kind"] | "invalid";

const KINDS = SPECIAL_RANGES.map(({ kind, ...ranges }: (typeof SPECIAL_RANGES)[number] & SpecialRange) => ({
  kind,
  addresses: new AddressSet([...(ranges.ipv4 ?? []), ...(ranges.ipv6 ?? [])]),
}));

/** Why an address is not public, or `undefined` for one that is. */
export function specialKindOf(address: string): AddressKind | undefined {
  if (isIP(address) === 0) return "invalid";
  return KINDS.find(({ addresses }) => addresses.has(address))?.kind;
}
