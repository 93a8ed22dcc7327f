import { MAX_WEBHOOKS, newUlid } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { sampleWebhook } from "../samples/webhook.ts";
import { type MakeBackend, useBackends } from "./make-backend.ts";

/** What every `Webhooks` keeps to. */
export function describeWebhooksConformance(name: string, makeBackend: MakeBackend): void {
  const open = useBackends(makeBackend);

  describe(`the webhooks ${name}`, () => {
    it("read back as they were written, empty lists and secrets too", async () => {
      const { webhooks } = await open();
      const webhook = sampleWebhook({ tenant: "a:b|c", description: "ä", events: [] });
      expect(await webhooks.create(webhook)).toBe("created");
      expect(await webhooks.get("a:b|c", webhook.id)).toEqual(webhook);
    });

    it("are listed newest first, and no other tenant's", async () => {
      const { webhooks } = await open();
      const [first, second, third] = [1, 2, 3].map((ms) => sampleWebhook({ id: `whk_${newUlid(ms)}` }));
      for (const webhook of [second, third, first, sampleWebhook({ tenant: "other" })])
        if (webhook) await webhooks.create(webhook);
      expect(await webhooks.list("default")).toEqual([third, second, first]);
      expect(await webhooks.list("nobody")).toEqual([]);
    });

    it("are as many as a tenant may have, also when all are created at once", async () => {
      const { webhooks } = await open();
      const all = Array.from({ length: MAX_WEBHOOKS + 5 }, () => webhooks.create(sampleWebhook()));
      const made = await Promise.all(all);
      expect(made.filter((kind) => kind === "too_many")).toHaveLength(5);
      const kept = await webhooks.list("default");
      expect(kept).toHaveLength(MAX_WEBHOOKS);
      expect(await webhooks.create(sampleWebhook({ tenant: "other" }))).toBe("created");
      await webhooks.delete("default", kept[0]?.id ?? "");
      expect(await webhooks.create(sampleWebhook())).toBe("created");
    });

    it("take changes, but none of the id and the tenant", async () => {
      const { webhooks } = await open();
      const webhook = sampleWebhook({ events: ["invocation.failed"] });
      await webhooks.create(webhook);
      const changes = { enabled: false, disabledReason: "gone", events: [] };
      const stolen = { id: sampleWebhook().id, tenant: "other" };
      const changed = { ...webhook, ...changes };
      expect(await webhooks.update("default", webhook.id, { ...changes, ...stolen })).toEqual(changed);
      expect(await webhooks.get("default", webhook.id)).toEqual(changed);
    });

    it("keep every one of the changes that are made at once", async () => {
      const { webhooks } = await open();
      const { id } = sampleWebhook();
      await webhooks.create(sampleWebhook({ id }));
      const changes = [{ enabled: false }, { description: "new" }, { url: "https://b.example/" }, { secrets: [] }];
      await Promise.all(changes.map((change) => webhooks.update("default", id, change)));
      expect(await webhooks.get("default", id)).toMatchObject(Object.assign({}, ...changes));
    });

    it("are deleted once", async () => {
      const { webhooks } = await open();
      const { id } = sampleWebhook();
      await webhooks.create(sampleWebhook({ id }));
      expect([await webhooks.delete("default", id), await webhooks.delete("default", id)]).toEqual([true, false]);
      expect(await webhooks.get("default", id)).toBeNull();
      expect(await webhooks.update("default", id, { enabled: true })).toBeNull();
      expect(await webhooks.list("default")).toEqual([]);
    });

    it("can neither be read nor changed by another tenant", async () => {
      const { webhooks } = await open();
      const webhook = sampleWebhook();
      await webhooks.create(webhook);
      expect(await webhooks.get("other", webhook.id)).toBeNull();
      expect(await webhooks.update("other", webhook.id, { enabled: false })).toBeNull();
      expect(await webhooks.delete("other", webhook.id)).toBe(false);
      expect(await webhooks.get("default", webhook.id)).toEqual(webhook);
    });
  });
}
