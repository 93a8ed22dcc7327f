import type { AddressKind } from "./special-addresses.ts";

/** A host that must not be connected to. The message names the host, never the path, the query or what was resolved. */
export class ForbiddenAddressError extends Error {
  override readonly name = "ForbiddenAddressError";
  readonly code = "forbidden_address";
  readonly host: string;
  /** The host's address, or the first of them. */
  readonly kind: AddressKind;

  constructor(host: string, kind: AddressKind) {
    super(`${host} must not be connected to: its address is not public (${kind})`);
    this.host = host;
    this.kind = kind;
  }
}
