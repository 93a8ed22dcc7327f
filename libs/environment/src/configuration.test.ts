import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ConfigurationError, parseEnvironment } from "./configuration.ts";

const Schema = z.object({
  PORT: z.coerce.number().int().max(65_535, "must be a port").default(8787),
  NAME: z.string().optional(),
});

describe("configuration from the environment", () => {
  it("fills in defaults and takes an empty variable for one that is not set", () => {
    expect(parseEnvironment(Schema, { PORT: "", NAME: "" })).toEqual({ PORT: 8787 });
  });

  it("names the variable that is wrong, in one line", () => {
    expect(() => parseEnvironment(Schema, { PORT: "99999" })).toThrow(new ConfigurationError("PORT must be a port"));
  });
});
