import { UnavailableError } from "@pifleet/invocation";
import { AddressGuard, NameResolver } from "@pifleet/outbound";
import { startNameServer } from "@pifleet/testkit/name-server";
import { verifyWebhook } from "@pifleet/testkit/webhook-sink";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { SECRET, setStage, startSink, TENANT, TRACEPARENT } from "./testing/delivery-stage.ts";

const OTHER_SECRET = `whsec_${Buffer.alloc(32, "another secret").toString("base64")}`;

describe("a message", () => {
  it("is accepted once although the receiver failed twice, with one id and valid signatures in every try", async () => {
    const [stage, sink] = [setStage(), await startSink()];
    const { id: webhook } = await stage.webhook({ url: sink.url });
    const invocation = await stage.ended();
    sink.reply({ kind: "status", status: 500, body: "not today" }, { kind: "reset" });
    for (let tries = 1; tries <= 3; tries += 1) {
      await stage.rounds();
      await stage.triedTimes(tries);
      stage.pass(1_100);
    }
    expect(sink.accepted()).toHaveLength(1);
    expect(sink.log.map(({ method, id }) => [method, id])).toEqual(
      Array(3).fill(["POST", (await stage.only()).messageId]),
    );
    for (const request of sink.log) {
      expect(verifyWebhook(request, SECRET)).toMatchObject({ type: "invocation.cancelled", data: { id: invocation } });
      expect(request.headers).toMatchObject({ "content-type": "application/json", traceparent: TRACEPARENT });
      expect(request.body).toBe(sink.log[0]?.body);
    }
    expect(await stage.only()).toMatchObject({
      webhook,
      invocation,
      status: "delivered",
      tryCount: 3,
      tries: [
        { status: 500, error: expect.stringMatching(/^127\.0\.0\.1:\d+ answered 500$/), response: "not today" },
        { status: null, error: expect.stringContaining("cannot be reached"), response: "" },
        { status: 200, error: null },
      ],
    });
    expect(stage.counted).toEqual(["failed", "failed", "delivered"]);
  });

  it("goes to every webhook that wants to know, the invocation's own included, and to no other", async () => {
    const [stage, sink] = [setStage(), await startSink()];
    await stage.webhook({ url: `${sink.url}/all` });
    await stage.webhook({ url: `${sink.url}/cancelled`, events: ["invocation.cancelled"] });
    await stage.webhook({ url: `${sink.url}/failed`, events: ["invocation.failed"] });
    await stage.webhook({ url: `${sink.url}/disabled`, enabled: false });
    await stage.webhook({ url: `${sink.url}/foreign`, tenant: "another" });
    await stage.ended({ url: `${sink.url}/own`, secret: OTHER_SECRET });
    await stage.rounds();
    await stage.triedTimes(3);
    expect(sink.log.map(({ path }) => path).sort()).toEqual(["/hook/all", "/hook/cancelled", "/hook/own"]);
    const own = sink.log.find(({ path }) => path === "/hook/own");
    expect(own && verifyWebhook(own, OTHER_SECRET)).toMatchObject({ type: "invocation.cancelled" });
    expect(new Set(sink.log.map(({ id }) => id)).size).toBe(3);
  });

  it("of an invocation that brings no secret is not signed, and holds none of another", async () => {
    const [stage, sink] = [setStage(), await startSink()];
    await stage.ended({ url: sink.url });
    await stage.rounds();
    await stage.triedTimes(1);
    expect(sink.log[0]?.headers).not.toHaveProperty("webhook-signature");
    expect(sink.log[0]?.id).toMatch(/^msg_[0-9A-Z]{26}$/);
  });

  it("leaves its secrets neither in the ledger nor in its body, though the receiver repeats them", async () => {
    const [stage, sink] = [setStage(), await startSink()];
    await stage.webhook({ url: `${sink.url}/tenant?token=hook-token` });
    await stage.ended({ url: `${sink.url}/own`, secret: OTHER_SECRET });
    sink.replyAlways(({ path }) => {
      const secret = path.endsWith("/own") ? OTHER_SECRET.slice(6) : `${SECRET} hook-token`;
      return { kind: "status", status: 400, body: `your secret is ${secret}` };
    });
    await stage.rounds();
    await stage.triedTimes(2);
    const { items } = await stage.backend.deliveries.list({ tenant: TENANT, limit: 10 });
    const kept = JSON.stringify([items, sink.log.map(({ body }) => body)]);
    for (const secret of [SECRET, OTHER_SECRET]) expect(kept).not.toContain(secret.slice(6));
    expect(items.map(({ tries }) => tries[0]?.response).sort()).toEqual([
      "your secret is [redacted]",
      "your secret is [redacted] [redacted]",
    ]);
    for (const { made } of stage.tried) expect(made.error).toMatch(/^127\.0\.0\.1:\d+ answered 400$/);
  });

  it("is signed with every secret that is valid at the time of the try", async () => {
    const [stage, sink] = [setStage(), await startSink()];
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
    const EXPIRED = `whsec_${Buffer.alloc(32, "expired").toString("base64")}`;
    await stage.webhook({
      url: sink.url,
      secrets: [
        { value: SECRET, expiresAt: null },
        { value: OTHER_SECRET, expiresAt: inAnHour },
        { value: EXPIRED, expiresAt: anHourAgo },
      ],
    });
    await stage.ended();
    await stage.rounds();
    await stage.triedTimes(1);
    const [request] = sink.accepted();
    expect(String(request?.headers["webhook-signature"]).split(" ")).toHaveLength(2);
    for (const secret of [SECRET, OTHER_SECRET]) expect(request && verifyWebhook(request, secret)).toBeDefined();
    expect(() => request && verifyWebhook(request, EXPIRED)).toThrow("signature");
  });

  it("goes where its webhook is now, with the secret that it has now", async () => {
    const [stage, sink] = [setStage(), await startSink()];
    const { id } = await stage.webhook({ url: `${sink.url}/old` });
    await stage.ended();
    sink.reply({ kind: "status", status: 404 });
    await stage.rounds();
    await stage.triedTimes(1);
    const secrets = [{ value: OTHER_SECRET, expiresAt: null }];
    await stage.backend.webhooks.update(TENANT, id, { url: `${sink.url}/new`, secrets });
    stage.pass(1_100);
    await stage.rounds();
    await stage.triedTimes(2);
    const [accepted] = sink.accepted();
    expect(accepted?.path).toBe("/hook/new");
    expect(accepted && verifyWebhook(accepted, OTHER_SECRET)).toBeDefined();
  });
});

describe("a delivery", () => {
  it("is dead after the last try of the schedule, and can be redelivered with the same id", async () => {
    const [stage, sink] = [setStage(), await startSink()];
    await stage.webhook({ url: sink.url });
    await stage.ended();
    sink.replyAlways({ kind: "status", status: 500 });
    for (let tries = 1; tries <= 3; tries += 1) {
      await stage.rounds();
      await stage.triedTimes(tries);
      stage.pass(1_100);
    }
    const dead = await stage.only();
    expect(dead).toMatchObject({ status: "dead", tryCount: 3, nextTryAt: null });
    sink.replyAlways();
    await stage.backend.deliveries.redeliver(TENANT, dead.id);
    await stage.rounds();
    await stage.triedTimes(4);
    expect(sink.accepted().map(({ id }) => id)).toEqual([dead.messageId]);
    expect(stage.counted).toEqual(["failed", "failed", "dead", "delivered"]);
  });

  it("is tried when its receiver asked for it, sooner than the schedule says", async () => {
    const [stage, sink] = [setStage({ schedule: [0, 3_600_000] }), await startSink()];
    await stage.ended({ url: sink.url });
    sink.reply({ kind: "retryAfter", value: "2", status: 500 });
    await stage.rounds();
    await stage.triedTimes(1);
    const { nextTryAt, tries } = await stage.only();
    expect(Date.parse(nextTryAt ?? "") - Date.parse(tries[0]?.at ?? "")).toBeLessThan(60_000);
    stage.pass(2_200);
    await stage.rounds();
    await stage.triedTimes(2);
    expect(sink.accepted()).toHaveLength(1);
  });

  it("disables its webhook when the receiver is gone, and those that follow are dead without a try", async () => {
    const [stage, sink] = [setStage(), await startSink()];
    const { id } = await stage.webhook({ url: sink.url });
    await stage.ended();
    await stage.rounds();
    await stage.triedTimes(1);
    sink.replyAlways({ kind: "gone" });
    await stage.ended();
    await stage.rounds();
    await stage.triedTimes(2);
    expect(await stage.backend.webhooks.get(TENANT, id)).toMatchObject({
      enabled: false,
      disabledReason: "the receiver answered 410 Gone",
    });
    const [accepted] = stage.tried;
    if (accepted) await stage.backend.deliveries.redeliver(TENANT, accepted.delivery.id);
    await stage.rounds();
    await stage.triedTimes(3);
    expect(sink.log).toHaveLength(2);
    expect(stage.tried.map(({ after }) => after)).toEqual(["delivered", "dead", "dead"]);
    expect(stage.tried[2]?.made).toMatchObject({ status: null, error: "the webhook is disabled" });
  });

  it("is dead when its webhook was deleted, or the record with its secret is gone", async () => {
    const [stage, sink] = [setStage(), await startSink()];
    const { id } = await stage.webhook({ url: sink.url });
    await stage.ended({ url: sink.url, secret: SECRET });
    sink.replyAlways({ kind: "status", status: 500 });
    await stage.rounds();
    await stage.triedTimes(2);
    await stage.backend.webhooks.delete(TENANT, id);
    stage.pass(1_100);
    const another = stage.worker({ store: { read: async () => null } });
    while ((await another.round()) > 0);
    await stage.triedTimes(4);
    expect(sink.log).toHaveLength(2);
    expect(
      stage.tried
        .slice(2)
        .map(({ made }) => made.error)
        .sort(),
    ).toEqual(["the record of the invocation, which has the secret, is gone", "the webhook was deleted"]);
  });
});

describe("a worker that dies", () => {
  it("between a try and its record has another one make it again, with the same id", async () => {
    const [stage, sink] = [setStage(), await startSink()];
    await stage.webhook({ url: sink.url });
    await stage.ended();
    const never = new Promise<never>(() => undefined);
    const dying = stage.worker({ deliveries: { ...ledgerOf(stage.backend), record: () => never } });
    await dying.round();
    await sink.until(() => sink.log.length === 1);
    await stage.rounds();
    expect(sink.log).toHaveLength(1);
    stage.pass(30_000);
    await stage.rounds();
    await stage.triedTimes(1);
    expect(sink.log).toHaveLength(2);
    expect(sink.accepted()).toHaveLength(1);
    expect(await stage.only()).toMatchObject({ status: "delivered", tryCount: 1 });
  });

  it("before it has written the deliveries of an end leaves that to another one, and each is written once", async () => {
    const [stage, sink] = [setStage(), await startSink()];
    await stage.webhook({ url: sink.url });
    await stage.ended();
    const { promise: late, resolve: wake } = Promise.withResolvers<void>();
    const ledger = ledgerOf(stage.backend);
    const frozen = stage.worker({
      deliveries: { ...ledger, write: async (...written) => late.then(() => ledger.write(...written)) },
    });
    const round = frozen.round();
    await stage.rounds();
    expect(sink.log).toHaveLength(0);
    stage.pass(5_000);
    await stage.rounds();
    await stage.triedTimes(1);
    wake();
    await round;
    await stage.rounds();
    expect(await stage.only()).toMatchObject({ status: "delivered" });
    expect(sink.log).toHaveLength(1);
  });

  it("or rather its database, is reported, and the try is made again when the lease is over", async () => {
    const [stage, sink] = [setStage(), await startSink()];
    await stage.webhook({ url: sink.url });
    await stage.ended();
    const away = new UnavailableError("away");
    const record = () => Promise.reject(away);
    const { promise: reported, resolve: report } = Promise.withResolvers<unknown>();
    const failing = stage.worker({ deliveries: { ...ledgerOf(stage.backend), record }, onFault: report });
    await failing.round();
    expect(await reported).toBe(away);
    stage.pass(30_000);
    await stage.rounds();
    await stage.triedTimes(1);
    expect(sink.accepted()).toHaveLength(1);
  });
});

describe("a receiver that does not answer", () => {
  it("with 2,000 messages due holds up no other receiver's message", async () => {
    const [stage, slow, sink] = [setStage(), await startSink(), await startSink()];
    slow.replyAlways({ kind: "hang" });
    await stage.webhook({ url: slow.url });
    for (let ended = 0; ended < 2_000; ended += 1) await stage.ended();
    while ((await stage.backend.deliveries.size()).outbox > 0) await stage.delivery.round();
    stage.pass(61_000);
    await stage.webhook({ url: sink.url, tenant: "another" });
    await stage.ended({ url: sink.url });
    await stage.rounds();
    await sink.until(() => sink.log.length === 1);
    // None of the slow receiver's tries was over by then.
    expect(stage.tried.filter(({ made }) => made.status === null)).toEqual([]);
    expect(slow.log.length).toBeLessThanOrEqual(4);
    await slow.down();
  }, 60_000);

  it("gets no further tries for a while after some have failed in a row, until a probe went well", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const [stage, sink] = [setStage({ schedule: [0, 60_000] }), await startSink()];
    const pass = (ms: number) => {
      stage.pass(ms);
      vi.advanceTimersByTime(ms);
    };
    await stage.webhook({ url: sink.url });
    await sink.down();
    for (let i = 0; i < 4; i += 1) await stage.ended();
    await stage.rounds();
    await stage.triedTimes(4);
    await sink.up();
    for (let i = 0; i < 2; i += 1) await stage.ended();
    await stage.rounds();
    expect(stage.counted).toEqual([...Array(4).fill("failed"), "postponed", "postponed"]);
    pass(5_000);
    await stage.rounds();
    await stage.triedTimes(5);
    expect(sink.log).toHaveLength(1);
    pass(5_000);
    await stage.rounds();
    await stage.triedTimes(6);
    pass(60_000);
    await stage.rounds();
    await stage.triedTimes(10);
    expect(sink.accepted()).toHaveLength(6);
    expect(sink.log).toHaveLength(6);
  });
});

describe("a tenant whose receivers do not answer", () => {
  it("with 120 silent hosts holds up no other tenant's message", async () => {
    const [stage, slow, sink] = [setStage({ deadlineMs: 60_000 }), await startSink(), await startSink()];
    slow.replyAlways({ kind: "hang" });
    const { port } = new URL(slow.url);
    for (let i = 0; i < 120; i += 1) await stage.webhook({ url: `http://h${i}.localhost:${port}/` });
    for (let i = 0; i < 3; i += 1) await stage.ended();
    await stage.rounds();
    await stage.webhook({ url: sink.url, tenant: "another" });
    await stage.ended(undefined, "another");
    await stage.rounds();
    await sink.until(() => sink.log.length === 1);
    expect(stage.tried.filter(({ made }) => made.status === null)).toEqual([]);
    expect(slow.log.length).toBeLessThanOrEqual(64);
    await stage.delivery.end(0);
    expect(stage.faults).toEqual([]);
  });

  it("with 120 names that no name server answers for, neither", async () => {
    const server = await startNameServer(() => undefined);
    onTestFinished(() => server[Symbol.asyncDispose]());
    const names = new NameResolver({ servers: [server.address], limitMs: 60_000 });
    const guard = new AddressGuard({ allow: ["loopback"], resolve: (name, options) => names.resolve(name, options) });
    const [stage, sink] = [setStage({ deadlineMs: 60_000, guard }), await startSink()];
    for (let i = 0; i < 120; i += 1) await stage.webhook({ url: `http://h${i}.silent.example/` });
    await stage.ended();
    await stage.rounds();
    await server.until(() => server.questions.length >= 24);
    await stage.webhook({ url: sink.url.replace("127.0.0.1", "localhost"), tenant: "another" });
    await stage.ended(undefined, "another");
    await stage.rounds();
    await sink.until(() => sink.log.length === 1);
    await stage.triedTimes(1);
    expect(stage.tried.map(({ delivery }) => delivery.tenant)).toEqual(["another"]);
    await stage.delivery.end(0);
  });
});

describe("a worker that drains", () => {
  it("waits for the tries that are under way, begins none, and leaves what it has taken to others at once", async () => {
    const [stage, sink] = [setStage(), await startSink()];
    await stage.webhook({ url: sink.url });
    for (let i = 0; i < 3; i += 1) await stage.ended();
    sink.replyAlways({ kind: "hang" });
    const draining = stage.worker();
    const { promise: taken, resolve: goOn } = Promise.withResolvers<void>();
    await draining.round();
    await sink.until(() => sink.log.length === 3);
    await stage.ended();
    const ledger = ledgerOf(stage.backend);
    const slowToTake = stage.worker({
      deliveries: {
        ...ledger,
        take: async (...wanted) => {
          const due = await ledger.take(...wanted);
          await taken;
          return due;
        },
      },
    });
    const round = slowToTake.round();
    const ended = Promise.all([draining.end(), slowToTake.end(), draining.end()]);
    goOn();
    await round;
    expect(await stage.backend.deliveries.nextDueMs()).toBe(0);
    await sink.down();
    await ended;
    expect(stage.tried).toHaveLength(3);
    expect(await draining.round()).toBe(0);
  });

  it("breaks off what takes longer than it has, and leaves it to others at once", async () => {
    const [stage, sink] = [setStage({ deadlineMs: 60_000 }), await startSink()];
    await stage.webhook({ url: sink.url });
    await stage.ended();
    sink.reply({ kind: "hang" });
    const draining = stage.worker();
    await draining.round();
    await sink.until(() => sink.log.length === 1);
    await draining.end(10);
    expect(stage.tried).toEqual([]);
    expect(await stage.backend.deliveries.nextDueMs()).toBe(0);
    await stage.rounds();
    await stage.triedTimes(1);
    expect(await stage.only()).toMatchObject({ status: "delivered", tryCount: 1 });
    expect(new Set(sink.log.map(({ id }) => id)).size).toBe(1);
  });
});

/** The methods of the ledger that delivering uses, bound to it. */
function ledgerOf({ deliveries }: ReturnType<typeof setStage>["backend"]) {
  return {
    takeEnded: deliveries.takeEnded.bind(deliveries),
    write: deliveries.write.bind(deliveries),
    take: deliveries.take.bind(deliveries),
    record: deliveries.record.bind(deliveries),
    postpone: deliveries.postpone.bind(deliveries),
  };
}
