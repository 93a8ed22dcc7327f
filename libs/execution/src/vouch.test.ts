import { newInvocationId, UnavailableError } from "@pifleet/invocation";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { vouch } from "./vouch.ts";

const lost = { id: newInvocationId(), attempt: 2 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("a worker that has lost an attempt says that it lives as soon as the database is back", async () => {
  const away = async () => Promise.reject(new UnavailableError("away"));
  const store = {
    vouch: vi
      .fn(async () => undefined)
      .mockImplementationOnce(away)
      .mockImplementationOnce(away),
  };
  const onFault = vi.fn();
  const told = vouch(store, lost, onFault);
  await vi.runAllTimersAsync();
  await told;
  expect(store.vouch.mock.calls).toEqual([
    [lost.id, 2],
    [lost.id, 2],
    [lost.id, 2],
  ]);
  expect(onFault).not.toHaveBeenCalled();
});

it("a worker whose word is refused for good says so once", async () => {
  const refusal = new Error("WRONGTYPE");
  const onFault = vi.fn();
  await vouch({ vouch: () => Promise.reject(refusal) }, lost, onFault);
  expect(onFault).toHaveBeenCalledExactlyOnceWith(refusal);
});
