import { expect, test, vi } from "vitest";
import { Cleanup } from "./cleanup.mjs";

test("what was started last is stopped first, and only once", async () => {
  const story: string[] = [];
  const cleanup = new Cleanup();
  for (const name of ["redis", "api"]) cleanup.add(async () => void story.push(name));
  await cleanup.run();
  await cleanup.run();
  expect(story).toEqual(["api", "redis"]);
});

test("one that cannot be stopped does not keep the others from it", async () => {
  const stop = vi.fn(async () => undefined);
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const cleanup = new Cleanup();
  cleanup.add(stop);
  cleanup.add(() => Promise.reject(new Error("stuck")));
  await cleanup.run();
  said.mockRestore();
  expect(stop).toHaveBeenCalledOnce();
});
