import * as z from "zod";

/** How much a model may think before it answers, the least first. */
export const THINKING_LEVELS = ["off", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
export const ThinkingLevel = z.enum(THINKING_LEVELS);
export type ThinkingLevel = z.infer<typeof ThinkingLevel>;

const usd = z.number().nonnegative();

/** A model that a worker knows how to reach. */
export const CatalogModel = z.object({
  id: z.string().describe("As a submission names it: provider/model"),
  provider: z.string(),
  name: z.string().describe("For people to read"),
  contextWindow: z.number().positive().describe("Tokens"),
  maxTokens: z.number().positive().describe("Output tokens of one answer, at most"),
  input: z.array(z.enum(["text", "image"])),
  thinking: z.array(ThinkingLevel).describe("The levels that it can do"),
  price: z
    .object({ input: usd, output: usd, cacheRead: usd, cacheWrite: usd })
    .describe("US dollars for a million tokens, as `costUsd` is reckoned"),
  key: z
    .string()
    .nullable()
    .describe("Where its key comes from: an environment variable of the workers, or `models file`; null: needs none"),
  ready: z.boolean().describe("Whether a worker has that key"),
});
export type CatalogModel = z.infer<typeof CatalogModel>;

/** What one worker can run: workers with the same environment and models file have the same. */
export interface ModelCatalog {
  /** All providers that the worker knows, also those whose models it does not list because it has no key for them. */
  readonly providers: readonly string[];
  readonly models: readonly CatalogModel[];
}

/** A model that the fleet can run. */
export const FleetModel = CatalogModel.extend({
  workers: z.int().min(1).describe("How many workers know it"),
}).meta({ id: "Model" });
export type FleetModel = z.infer<typeof FleetModel>;
