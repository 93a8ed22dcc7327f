import * as z from "zod";
import { InvocationId } from "./id.ts";

/** A worker as it describes itself with every heartbeat. */
export const WorkerPresence = z
  .object({
    id: z.string(),
    host: z.string(),
    pid: z.int(),
    version: z.string(),
    startedAt: z.iso.datetime({ precision: 3 }),
    concurrency: z.int().min(1),
    running: z.array(InvocationId),
    rssBytes: z.int(),
    load: z.number().describe("The host's load average over one minute"),
    heartbeatAt: z.iso.datetime({ precision: 3 }),
    draining: z
      .boolean()
      .optional()
      .describe("Whether it stops: it claims nothing more, and what runs ends or goes back"),
    warm: z.int().min(0).optional().describe("How many runners wait for an attempt"),
    models: z
      .string()
      .optional()
      .describe("A digest of the models that it can run: workers with the same one can run the same"),
    containment: z.string().describe("How the processes of a runner are held together, such as process-group"),
  })
  .meta({ id: "Worker" });
export type WorkerPresence = z.infer<typeof WorkerPresence>;
