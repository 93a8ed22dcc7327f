import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ConfigurationError, knownArguments, parseEnvironment } from "./configuration.ts";

const Schema = z.object({
  PORT: z.coerce.number().int().max(65_535, "must be a port").default(8787),
  NAME: z.string().optional(),
});

describe("the arguments of a program", () => {
  it("are those that it knows", () => {
    expect(() => knownArguments(["--now"], ["--now", "--then"])).not.toThrow();
    expect(() => knownArguments(["--later"], ["--now"])).toThrow(
      "--later is no argument of this program; it takes --now",
    );
    expect(() => knownArguments(["x"])).toThrow("x is no argument of this program; it takes none");
  });
});

describe("configuration from the environment", () => {
  it.each(["", " ", " \t\n"])("fills in defaults and takes a variable that is %j for one that is not set", (blank) => {
    expect(parseEnvironment(Schema, { PORT: blank, NAME: blank })).toEqual({ PORT: 8787 });
  });

  it("names the variable that is wrong, in one line", () => {
    expect(() => parseEnvironment(Schema, { PORT: "99999" })).toThrow(new ConfigurationError("PORT must be a port"));
  });
});
