import { withoutTrailing } from "@pifleet/invocation";

const LOOPBACK = ["127.0.0.1", "::1"];
const METADATA = ["169.254.169.254"];

/** As in the hosts files of systems, and as clouds document their metadata services. */
const WELL_KNOWN = new Map([
  ["localhost", LOOPBACK],
  ["localhost.localdomain", LOOPBACK],
  ["localhost4", LOOPBACK],
  ["localhost6", LOOPBACK],
  ["ip6-localhost", LOOPBACK],
  ["ip6-loopback", LOOPBACK],
  ["metadata", METADATA],
  ["metadata.goog", METADATA],
  ["metadata.google.internal", METADATA],
  ["metadata.tencentyun.com", METADATA],
  ["instance-data", METADATA],
  ["instance-data.ec2.internal", METADATA],
]);

/**
 * The addresses that a name is known to stand for without asking anybody; none for any other name. All names below
 * `localhost` are loopback (https://www.rfc-editor.org/rfc/rfc6761#section-6.3).
 * @param name in lower case
 */
export function wellKnownAddresses(name: string): readonly string[] {
  const relative = withoutTrailing(name, ".");
  return relative.endsWith(".localhost") ? LOOPBACK : (WELL_KNOWN.get(relative) ?? []);
}
