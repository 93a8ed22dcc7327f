export * from "./address-guard.ts";
export type { AddressAllowance } from "./address-policy.ts";
export * from "./forbidden-address-error.ts";
export * from "./name-resolver.ts";
export * from "./newest.ts";
export type { AddressKind } from "./special-addresses.ts";
export * from "./tenant-slots.ts";
