import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newRoots } from "../testing/roots.ts";
import { readControlGroup, readMemory } from "./memory-reading.ts";

const newRoot = newRoots();

/** A directory that looks like a control group's. */
function groupOf(files: Record<string, string>): string {
  const root = newRoot();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return root;
}

describe("the memory of a control group", () => {
  it("is what its limit leaves; what the kernel takes back by itself is available", () => {
    const stat = "anon 600\ninactive_file 200\nactive_file 100\n";
    const path = groupOf({ "memory.max": "1000\n", "memory.current": "900\n", "memory.stat": stat });
    expect(readControlGroup(path)).toEqual({ limitBytes: 1_000, availableBytes: 300 });
  });

  it.each([
    ["has no limit", { "memory.max": "max\n", "memory.current": "900\n" }],
    ["does not count memory", {}],
  ])("says nothing when it %s", (_title, files) => {
    expect(readControlGroup(groupOf(files))).toBeUndefined();
  });
});

it.runIf(process.platform === "linux")("the memory of this machine can be told", () => {
  const { limitBytes = 0, availableBytes = 0 } = readMemory() ?? {};
  expect(limitBytes).toBeGreaterThan(availableBytes);
  expect(availableBytes).toBeGreaterThan(0);
});
