import { randomUUID } from "node:crypto";
import { ApiKey, digestOfSecret, parseApiKeyText } from "@pifleet/invocation";
import { connectBackend } from "@pifleet/redis";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { pifleet } from "../testing/pifleet-process.ts";

// Each of them starts a process or more.
vi.setConfig({ testTimeout: 60_000 });

const REDIS_URL = process.env.REDIS_URL ?? "";
const DAY_MS = 86_400_000;
const CREATE = ["keys", "create", "--tenant", "acme", "--scopes", "invocations:read,invocations:write"];

/** The keys of a fleet of the test's own, and the program in it. */
async function startFleet() {
  const prefix = `test-${randomUUID()}`;
  const { apiKeys, close } = await connectBackend({ url: REDIS_URL, prefix, retentionMs: DAY_MS, role: "worker" });
  onTestFinished(close);
  const run = (...args: string[]) => pifleet(args, { env: { REDIS_URL, PIFLEET_REDIS_PREFIX: prefix } });
  return { apiKeys, run };
}

describe("pifleet keys create", () => {
  test("prints the key this once, and keeps only the digest of its secret", async () => {
    const { apiKeys, run } = await startFleet();
    const { code, stdout, stderr } = await run(...CREATE, "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const printed = JSON.parse(stdout);
    const { id, secret } = parseApiKeyText(printed.key) ?? { id: "", secret: "" };
    expect(printed).toEqual({
      id,
      key: printed.key,
      tenant: "acme",
      scopes: ["invocations:read", "invocations:write"],
    });
    const stored = await apiKeys.get(printed.id);
    expect(stored).toMatchObject({ tenant: "acme", expiresAt: null, sha256: await digestOfSecret(secret) });
    expect(JSON.stringify(stored)).not.toContain(secret);
  });

  test("tells people that it is shown once", async () => {
    const { run } = await startFleet();
    const { stdout, stderr } = await run(...CREATE);
    expect(stdout).toMatch(/^id +key_\w{26}\nkey +pifleet_\S{70}\ntenant +acme\nscopes +.*\nexpires +never\n$/);
    expect(stderr).toMatch(/^The key is shown this once: /);
  });

  test("takes a name, and lists it", async () => {
    const { apiKeys, run } = await startFleet();
    const { id, name } = JSON.parse((await run(...CREATE, "--name", "Nightly build", "--json")).stdout);
    expect(name).toBe("Nightly build");
    expect(await apiKeys.get(id)).toMatchObject({ name });
    expect((await run("keys", "list")).stdout).toMatch(/^ID +NAME +TENANT .*\nkey_\S+ +Nightly build +acme /);
    expect(JSON.parse((await run("keys", "list", "--json")).stdout).items).toMatchObject([{ id, name }]);
    for (const bad of ["", " x", "a\nb", "x".repeat(101)]) {
      const refused = await run(...CREATE, "--name", bad);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("argument '")]);
    }
  });

  test("takes a length of time, a date or a time for when it expires", async () => {
    const { apiKeys, run } = await startFleet();
    const expiryOf = async (text: string) => {
      const { stdout } = await run(...CREATE, "--expires", text, "--json");
      const { id, expiresAt } = JSON.parse(stdout);
      expect((await apiKeys.get(id))?.expiresAt).toBe(expiresAt);
      return expiresAt;
    };
    const before = Date.now();
    expect(Date.parse(await expiryOf("90d"))).toBeGreaterThanOrEqual(before + 90 * DAY_MS);
    expect(await expiryOf("2131-12-31")).toBe("2131-12-31T00:00:00.000Z");
    expect(await expiryOf("2131-12-31T12:00:00+02:00")).toBe("2131-12-31T10:00:00.000Z");
  });

  test.each([
    ["no tenant", ["--scopes", "admin"], "required option '--tenant <tenant>' not specified"],
    ["no scope", ["--tenant", "acme"], "required option '--scopes <scopes>' not specified"],
    ["an empty list of scopes", ["--tenant", "acme", "--scopes", ""], "It must be one or more of invocations:read, "],
    [
      "a scope that is none",
      ["--tenant", "acme", "--scopes", "admin,root"],
      "'root' is no scope; there are invocations:read, invocations:write, webhooks, admin, operator.",
    ],
    ["a bad tenant", ["--tenant", "Acme Inc", "--scopes", "admin"], "It must be 1 to 63 lower case letters"],
    ["an expiry that is none", ["--tenant", "a", "--scopes", "admin", "--expires", "soon"], "It must be such as 90d"],
    ["an expiry that is past", ["--tenant", "a", "--scopes", "admin", "--expires", "2020-01-01"], "expired already"],
    [
      "an expiry that no time can tell",
      ["--tenant", "a", "--scopes", "admin", "--expires", "3000000d"],
      "It must be before the year 10000.",
    ],
  ])("refuses %s, with exit code 2", async (_what, args, message) => {
    const { apiKeys, run } = await startFleet();
    const { code, stdout, stderr } = await run("keys", "create", ...args);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(await apiKeys.list()).toEqual([]);
  });
});

describe("pifleet keys list", () => {
  test("shows the keys newest first, all or those of a tenant, and never what is kept of a secret", async () => {
    const { run } = await startFleet();
    const created = [];
    for (const tenant of ["acme", "other"]) {
      const { stdout } = await run("keys", "create", "--tenant", tenant, "--scopes", "admin", "--json");
      created.unshift(JSON.parse(stdout));
    }
    const { items } = JSON.parse((await run("keys", "list", "--json")).stdout);
    expect(items.map((item: ApiKey) => ApiKey.strict().parse(item).id)).toEqual(created.map(({ id }) => id));
    const ofTenant = await run("keys", "list", "--tenant", "acme", "--json");
    expect(JSON.parse(ofTenant.stdout).items).toEqual([items[1]]);
    await run("keys", "revoke", created[0].id);
    const { stdout } = await run("keys", "list");
    expect(stdout).toMatch(
      /^ID .*STATUS.*\nkey_\S+ +- +other +admin +revoked .*\nkey_\S+ +- +acme +admin +valid .*never\n$/,
    );
  });

  test("says when there are none", async () => {
    const { run } = await startFleet();
    const { code, stdout, stderr } = await run("keys", "list");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(/^There are no keys: /);
  });
});

describe("pifleet keys revoke", () => {
  test("revokes a key, and may be done again", async () => {
    const { apiKeys, run } = await startFleet();
    const { id } = JSON.parse((await run(...CREATE, "--json")).stdout);
    for (let i = 0; i < 2; i += 1) {
      const { code, stdout, stderr } = await run("keys", "revoke", id);
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${id} of tenant acme is revoked.\n`, stderr: "" });
    }
    expect((await apiKeys.get(id))?.revokedAt).toMatch(/Z$/);
    expect(JSON.parse((await run("keys", "revoke", id, "--json")).stdout)).not.toHaveProperty("sha256");
  });

  test("refuses an id that nobody has with exit code 1, and what is no id with 2", async () => {
    const { run } = await startFleet();
    const unknown = await run("keys", "revoke", "key_01JZZZZZZZZZZZZZZZZZZZZZZZ");
    expect(unknown).toMatchObject({
      code: 1,
      stdout: "",
      stderr: "pifleet: There is no key with the id key_01JZZZZZZZZZZZZZZZZZZZZZZZ.\n",
    });
    const wrong = await run("keys", "revoke", "inv_1");
    expect(wrong.stderr).toContain("It must be the id of a key: key_ and a ULID.");
    expect(wrong.code).toBe(2);
  });
});

test("pifleet keys says where it looked for a Redis that does not answer, and not with which password", async () => {
  const env = { REDIS_URL: "redis://operator:canary-4711@127.0.0.1:1" };
  expect(await pifleet(["keys", "list"], { env })).toMatchObject({
    code: 1,
    stdout: "",
    stderr: "pifleet: No Redis answers at 127.0.0.1:1; REDIS_URL says where it is.\n",
  });
});

test.each([
  [{ REDIS_URL: "localhost" }, "pifleet: REDIS_URL must be a URL such as redis://127.0.0.1:6379\n"],
  [{ PIFLEET_REDIS_PREFIX: "{a}" }, /^pifleet: PIFLEET_REDIS_PREFIX must be /],
])("pifleet keys refuses %j with exit code 2", async (env, message) => {
  const { code, stderr } = await pifleet(["keys", "list"], { env });
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

test.each(["keys", "keys create", "keys list", "keys revoke"])(
  "pifleet %s --help shows an example",
  async (command) => {
    const { code, stdout } = await pifleet([...command.split(" "), "--help"]);
    expect(stdout).toMatch(/\nExamples?:\n {2}\$ .*pifleet keys /);
    expect(code).toBe(0);
  },
);
