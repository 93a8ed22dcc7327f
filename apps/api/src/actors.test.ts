import type { InvocationRecord } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { expect, it } from "vitest";
import { bearer, startKeyedApi } from "./testing/keys.ts";

it("names the key that submitted, cancelled and retried an invocation", async () => {
  const api = await startKeyedApi(createMemoryBackend({ retentionMs: 60_000 }));
  const scopes = ["invocations:read", "invocations:write"] as const;
  const [ci, person] = [await api.issue({ name: "ci", scopes }), await api.issue({ scopes })];
  const [byCi, byPerson] = [
    { key: ci.key.id, name: "ci" },
    { key: person.key.id, name: null },
  ];
  const { id, submittedBy } = await api.submit({}, bearer(ci.text));
  expect(submittedBy).toEqual(byCi);
  const cancelled = await api.post(`/v1/invocations/${id}/cancel`, { reason: "Not needed" }, bearer(person.text));
  expect(await cancelled.json()).toMatchObject({
    submittedBy: byCi,
    cancellation: { by: byPerson, reason: "Not needed" },
  });
  const retried = await api.post(`/v1/invocations/${id}/retry`, undefined, bearer(person.text));
  const retry = (await retried.json()) as InvocationRecord;
  expect(retry).toMatchObject({ retryOf: id, submittedBy: byPerson });
  const { items } = (await (await api.get("/v1/invocations", bearer(ci.text))).json()) as { items: object[] };
  expect(items).toMatchObject([{ submittedBy: byPerson }, { submittedBy: byCi, cancellation: { by: byPerson } }]);
});
