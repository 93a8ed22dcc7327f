export * from "./address-guard.ts";
export type { AddressAllowance } from "./address-policy.ts";
export * from "./forbidden-address-error.ts";
export type { AddressKind } from "./special-addresses.ts";
