export * from "./schedule.ts";
export * from "./webhook-delivery.ts";
