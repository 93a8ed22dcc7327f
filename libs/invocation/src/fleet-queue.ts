import * as z from "zod";
import { Tenant } from "./api-key.ts";
import { HeldProvider } from "./ports/provider-breakers.ts";

const Count = z.int().min(0);
const Limit = Count.nullable();

/** Waiting and running work of the whole fleet, for operators. */
export const FleetQueue = z
  .object({
    waiting: Count.describe("Wait for their turn, or may be claimed now"),
    delayed: Count.describe("Wait for their time"),
    claimed: Count.describe("Held by a worker"),
    paused: z.boolean().describe("Whether workers claim nothing"),
    limits: z
      .object({
        tenantQueued: Limit.describe("Queued invocations of one tenant; PIFLEET_TENANT_QUEUED"),
        queued: Limit.describe("Queued invocations of all tenants that have no place; PIFLEET_QUEUED"),
        tenantRunning: Limit.describe("Invocations of one tenant that run at once; PIFLEET_TENANT_RUNNING"),
        tenantBytes: Limit.describe("What one tenant's invocations hold, bytes; PIFLEET_TENANT_STORAGE_MB"),
      })
      .describe("As this API process has them; null is no limit"),
    providers: z
      .array(HeldProvider)
      .describe("Providers that do not answer: their invocations wait, and take no place meanwhile"),
    tenants: z
      .array(
        z.object({
          tenant: Tenant,
          waiting: Count.describe("Wait for their turn"),
          admitted: Count.describe("Have a place: they run, or are about to be claimed"),
        }),
      )
      .max(100)
      .describe("The tenants of whom something waits for its turn, whose turn it is first"),
  })
  .meta({ id: "Queue" });
export type FleetQueue = z.infer<typeof FleetQueue>;
