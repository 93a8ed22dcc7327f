import { AddressSet } from "./address-set.ts";
import { type AddressKind, specialKindOf } from "./special-addresses.ts";

/**
 * Addresses that may be connected to besides public ones: a kind of addresses, or a CIDR such as `10.1.0.0/16`. The kinds
 * leave out what is served to every machine of a cloud, its metadata; a CIDR allows exactly what it says.
 */
export type AddressAllowance = "loopback" | "private" | `${string}/${string}`;

/** Which addresses may be connected to: public ones, and those that the deployment allows. */
export class AddressPolicy {
  readonly #kinds: ReadonlySet<string>;
  readonly #addresses: AddressSet;

  /** @throws {TypeError | RangeError} when an allowance is no CIDR */
  constructor(allow: readonly AddressAllowance[] = []) {
    this.#kinds = new Set(allow.filter((allowance) => !allowance.includes("/")));
    this.#addresses = new AddressSet(allow.filter((allowance) => allowance.includes("/")));
  }

  /** The kind for which an address is refused, or `undefined` when it may be connected to. */
  refusedKind(address: string): AddressKind | undefined {
    const kind = specialKindOf(address);
    if (kind === undefined || kind === "invalid") return kind;
    return this.#kinds.has(kind) || this.#addresses.has(address) ? undefined : kind;
  }
}
