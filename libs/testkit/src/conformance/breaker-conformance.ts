import type { Backend, Invocation, InvocationId } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { type MakeBackend, submit, useBackends } from "./make-backend.ts";

const ACCOUNTS = { fake: "account1", other: "account2" };
const NAME = "fake|account1";
const CODE = "provider_unavailable";

/** Invocations of a provider that does not answer are held. */
export function describeBreakers(makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe("start, while a provider does not answer", () => {
    const start = (backend: Backend, { id }: Invocation, accounts: Record<string, string> = ACCOUNTS) =>
      backend.store.start(id, "worker-1", { accounts });
    const silent = (backend: Backend, ...invocations: readonly { readonly id: InvocationId }[]) =>
      invocations.reduce(
        (before, { id }) => before.then(() => backend.breakers.silent(NAME, { invocation: id, code: CODE })),
        Promise.resolve(),
      );
    const of = (backend: Backend, model: string) => submit(backend, { model });

    it("holds its invocations when two in a row got no answer; they lose no attempt and have no place", async () => {
      const backend = await open();
      const [one, two, three] = [await of(backend, "fake/a"), await of(backend, "fake/b"), await of(backend, "fake/c")];
      await silent(backend, one, one, one);
      expect(await backend.breakers.held()).toEqual([]);
      expect(await start(backend, one)).toMatchObject({ kind: "started", isProviderSuspect: true });
      await silent(backend, two);
      expect(await backend.breakers.held()).toEqual([
        { provider: "fake", account: "account1", reason: CODE, since: expect.any(String), until: expect.any(String) },
      ]);
      const before = (await backend.admission.standing()).admitted;
      const held = await start(backend, three);
      expect(held).toEqual({ kind: "held", delayMs: expect.any(Number) });
      expect(held.kind === "held" && held.delayMs > 0 && held.delayMs <= 5_000).toBe(true);
      expect((await backend.admission.standing()).admitted).toBeLessThanOrEqual(before);
      expect(await backend.store.get("acme", three.id)).toMatchObject({ status: "queued", attempt: 0, attempts: [] });
    });

    it("lets other providers and other accounts pass, and those who have no patience or no account", async () => {
      const backend = await open();
      await silent(backend, await of(backend, "fake/a"), await of(backend, "fake/b"));
      expect(await start(backend, await of(backend, "other/a"))).toMatchObject({ kind: "started" });
      expect(await start(backend, await of(backend, "fake/c"), { fake: "account9" })).toMatchObject({
        kind: "started",
      });
      expect(await start(backend, await of(backend, "fake/d"), {})).toMatchObject({ kind: "started" });
      const given = await of(backend, "fake/e");
      const impatient = await submit(backend, { model: "fake/e", limits: { ...given.limits, providerPatienceMs: 0 } });
      expect(await start(backend, impatient)).toMatchObject({ kind: "started" });
    });

    it("lets all pass again after an answer", async () => {
      const backend = await open();
      await silent(backend, await of(backend, "fake/a"), await of(backend, "fake/b"));
      await backend.breakers.answered(NAME);
      expect(await backend.breakers.held()).toEqual([]);
      const started = await start(backend, await of(backend, "fake/c"));
      expect(started).toMatchObject({ kind: "started", isProviderSuspect: false });
    });

    it("holds them for as long as the provider asks", async () => {
      const backend = await open();
      const [one, two, three] = [await of(backend, "fake/a"), await of(backend, "fake/b"), await of(backend, "fake/c")];
      await silent(backend, one);
      await backend.breakers.silent(NAME, { invocation: two.id, code: CODE, retryAfterMs: 30_000 });
      const held = await start(backend, three);
      expect(held.kind === "held" && held.delayMs > 20_000).toBe(true);
    });

    it("can be cancelled meanwhile", async () => {
      const backend = await open();
      const three = await of(backend, "fake/c");
      await silent(backend, await of(backend, "fake/a"), await of(backend, "fake/b"));
      expect(await start(backend, three)).toMatchObject({ kind: "held" });
      expect(await backend.store.cancel("acme", three.id)).toMatchObject({ kind: "cancelled" });
      expect(await start(backend, three)).toEqual({ kind: "terminal" });
    });
  });
}
