export * from "./address-guard.ts";
export type { AddressAllowance } from "./address-policy.ts";
export * from "./forbidden-address-error.ts";
export * from "./schedule.ts";
export type { AddressKind } from "./special-addresses.ts";
export * from "./webhook-delivery.ts";
