import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PROVIDER_KEYS, PROVIDER_SETTINGS } from "../../libs/harness/src/provider-keys.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const compose = read("docker-compose.yml");

/** The blocks that begin in these lines, up to the next line that is indented no further. */
function blocks(...beginnings: string[]): string {
  return beginnings
    .map((beginning) => {
      const [, block = ""] = compose.split(`\n${beginning}\n`);
      const indent = /^ */.exec(beginning)?.[0].length ?? 0;
      const lines = block.split("\n");
      const end = lines.findIndex((line) => line !== "" && (/^ */.exec(line)?.[0].length ?? 0) <= indent);
      return lines.slice(0, end === -1 ? undefined : end).join("\n");
    })
    .join("\n");
}

const passed = (text: string) => new Set(Array.from(text.matchAll(/^ +([A-Z_\d]+): /gm), ([, name]) => name));
const COMMON = ["x-redis: &redis", "x-common: &common"] as const;
const SERVICES = {
  api: passed(blocks(...COMMON, "  api:")),
  worker: passed(blocks(...COMMON, "x-providers: &providers", "  worker:")),
};
/** Set by the image, or of no use behind a published port. */
const LEFT_OUT = new Set(["HOST", "PORT", "PIFLEET_AUTH", "PIFLEET_HOSTS", "PIFLEET_WORKSPACES"]);

/** The settings that the README lists for a program. */
function settingsOf(program: "api" | "worker"): string[] {
  const rows = Array.from(read("README.md").matchAll(/^\| (`[^|]*`[^|]*) \| ([^|]*) \|/gm));
  const own = rows.filter(([, , programs = ""]) => programs.toLowerCase().split(", ").includes(program));
  const names = own.flatMap(([, variables = ""]) =>
    Array.from(variables.matchAll(/`([A-Z][A-Z_\d]+)`/g), ([, name]) => name ?? ""),
  );
  return names.filter((name) => !LEFT_OUT.has(name));
}

describe("docker-compose.yml", () => {
  it.each(["api", "worker"] as const)("passes every setting of the README to the %s", (program) => {
    const settings = settingsOf(program);
    expect(settings.length).toBeGreaterThan(15);
    expect(settings.filter((name) => !SERVICES[program].has(name))).toEqual([]);
  });

  it("passes the keys of all model providers to the workers, as values and as files, and what else they need", () => {
    const keys = Object.values(PROVIDER_KEYS).flat();
    const wanted = [...keys, ...keys.map((key) => `${key}_FILE`), ...Object.values(PROVIDER_SETTINGS).flat()];
    expect(wanted.filter((name) => !SERVICES.worker.has(name))).toEqual([]);
    expect(keys.filter((name) => SERVICES.api.has(name))).toEqual([]);
  });

  it("publishes ports on loopback alone unless it is told otherwise", () => {
    const ports = Array.from(compose.matchAll(/^ +- "(.*):\d+"$/gm), ([, port]) => port ?? "");
    expect(ports).toHaveLength(3);
    for (const port of ports) expect(port).toMatch(/^(?:\$\{PIFLEET_BIND:-)?127\.0\.0\.1/);
  });
});
