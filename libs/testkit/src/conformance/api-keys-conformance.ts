import { ENDED_KEY_SHOWN_MS, type Rate } from "@pifleet/invocation";
import { describe, expect, it, vi } from "vitest";
import { sampleApiKey } from "../samples/api-key.ts";
import { type MakeBackend, useBackends } from "./make-backend.ts";

/** So slow that nothing comes back while a test runs. */
const SLOW: Rate = { perSecond: 0.001, burst: 3 };
const SLOW_MS = 1_000_000;
const MINUTE_MS = 60_000;

/** What every `ApiKeys` keeps to. */
export function describeApiKeysConformance(name: string, makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe(`the API keys ${name}`, () => {
    it("are as they were created", async () => {
      const { apiKeys } = await open();
      const lasting = sampleApiKey();
      const passing = sampleApiKey({
        name: "Nightly büild",
        scopes: ["admin", "webhooks"],
        expiresAt: timeFromNow(MINUTE_MS),
      });
      for (const key of [lasting, passing]) await apiKeys.create(key);
      expect(await apiKeys.get(lasting.id)).toEqual(lasting);
      expect(await apiKeys.get(passing.id)).toEqual(passing);
      expect(await apiKeys.get(sampleApiKey().id)).toBeNull();
    });

    it("are listed newest first, all or those of one tenant", async () => {
      const { apiKeys } = await open();
      const [oldest, middle, newest] = [
        sampleApiKey({ tenant: "acme" }, 1_000),
        sampleApiKey({ tenant: "other" }, 2_000),
        sampleApiKey({ tenant: "acme" }, 3_000),
      ];
      expect(await apiKeys.list()).toEqual([]);
      for (const key of [middle, newest, oldest]) await apiKeys.create(key);
      expect(await apiKeys.list()).toEqual([newest, middle, oldest]);
      expect(await apiKeys.list("acme")).toEqual([newest, oldest]);
      expect(await apiKeys.list("nobody")).toEqual([]);
    });

    it("are revoked once, and for good", async () => {
      const { apiKeys } = await open();
      const [key, other] = [sampleApiKey(), sampleApiKey()];
      for (const one of [key, other]) await apiKeys.create(one);
      const revoked = await apiKeys.revoke(key.id);
      expect(revoked).toEqual({ ...key, revokedAt: expect.stringMatching(/Z$/) });
      expect(await apiKeys.revoke(key.id)).toEqual(revoked);
      expect(await apiKeys.get(key.id)).toEqual(revoked);
      expect(await apiKeys.get(other.id)).toEqual(other);
      expect(await apiKeys.revoke(sampleApiKey().id)).toBeNull();
    });

    it("are shown for a while after they have expired, and then no longer", async () => {
      const { apiKeys } = await open();
      const expired = sampleApiKey({ expiresAt: timeFromNow(MINUTE_MS - ENDED_KEY_SHOWN_MS) });
      const gone = sampleApiKey({ expiresAt: timeFromNow(-MINUTE_MS - ENDED_KEY_SHOWN_MS) });
      for (const key of [expired, gone]) await apiKeys.create(key);
      expect(await apiKeys.list()).toEqual([expired]);
      expect(await apiKeys.get(gone.id)).toBeNull();
      expect(await apiKeys.revoke(gone.id)).toBeNull();
    });
  });

  describe(`the use of an API key ${name}`, () => {
    it("is noted, but not each time", async () => {
      const { apiKeys } = await open();
      const key = sampleApiKey();
      await apiKeys.create(key);
      expect(await apiKeys.use(key.id, null)).toBeNull();
      const used = await apiKeys.get(key.id);
      expect(used).toEqual({ ...key, lastUsedAt: expect.stringMatching(/Z$/) });
      await apiKeys.use(key.id, SLOW);
      expect(await apiKeys.get(key.id)).toEqual(used);
    });

    it("is noted again when the last note is old", async () => {
      const { apiKeys } = await open();
      const lastUsedAt = timeFromNow(-MINUTE_MS);
      const key = sampleApiKey({ lastUsedAt });
      await apiKeys.create(key);
      await apiKeys.use(key.id, SLOW);
      expect((await apiKeys.get(key.id))?.lastUsedAt).not.toBe(lastUsedAt);
    });

    it("brings no key about that is not there", async () => {
      const { apiKeys } = await open();
      const { id } = sampleApiKey();
      await apiKeys.use(id, SLOW);
      await apiKeys.use(id, null);
      expect(await apiKeys.get(id)).toBeNull();
      expect(await apiKeys.list()).toEqual([]);
    });
  });

  describe(`the rate of an API key ${name}`, () => {
    it("allows a burst and then no more, and says what is left and when there is more", async () => {
      const { apiKeys } = await open();
      const { id } = sampleApiKey();
      for (const remaining of [2, 1]) {
        expect(await apiKeys.use(id, SLOW)).toMatchObject({ allowed: true, remaining, retryAfterMs: 0 });
      }
      const last = await apiKeys.use(id, SLOW);
      expect(last).toMatchObject({ allowed: true, remaining: 0 });
      const refused = await apiKeys.use(id, SLOW);
      expect(refused).toMatchObject({ allowed: false, remaining: 0 });
      for (const { retryAfterMs, resetMs } of [last, refused]) {
        expect(retryAfterMs).toBeGreaterThan(SLOW_MS - MINUTE_MS);
        expect(retryAfterMs).toBeLessThanOrEqual(SLOW_MS);
        expect(resetMs - retryAfterMs).toBeGreaterThanOrEqual(2 * SLOW_MS - 1);
        expect(resetMs).toBeLessThanOrEqual(3 * SLOW_MS);
      }
    });

    it("does not punish whoever asks in vain", async () => {
      const { apiKeys } = await open();
      const { id } = sampleApiKey();
      const once = { perSecond: SLOW.perSecond, burst: 1 };
      const { resetMs } = await apiKeys.use(id, once);
      for (let i = 0; i < 5; i += 1) {
        const refused = await apiKeys.use(id, once);
        expect(refused).toMatchObject({ allowed: false });
        expect(refused.resetMs).toBeLessThanOrEqual(resetMs);
      }
    });

    it("comes back with time", async () => {
      const { apiKeys } = await open();
      const { id } = sampleApiKey();
      const rate = { perSecond: 100, burst: 1 };
      await apiKeys.use(id, rate);
      await vi.waitFor(async () => expect(await apiKeys.use(id, rate)).toMatchObject({ allowed: true }), {
        interval: 5,
      });
    });

    it("is one for all who use the key at once, and another one for each key", async () => {
      const { apiKeys } = await open();
      const [{ id }, other] = [sampleApiKey(), sampleApiKey()];
      const decisions = await Promise.all(Array.from({ length: 10 }, () => apiKeys.use(id, SLOW)));
      expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(SLOW.burst);
      expect(await apiKeys.use(other.id, SLOW)).toMatchObject({ allowed: true, remaining: 2 });
    });
  });
}

function timeFromNow(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}
