import { type ApiKeyGrant, type Backend, type IssuedApiKey, issueApiKey, type Rate } from "@pifleet/invocation";
import { storedKeysAuthenticator } from "../stored-keys.ts";
import { startApi, type TestApi } from "./api.ts";

/** A clock that moves only when the test says so. */
export class TestClock {
  ms = Date.parse("2030-01-01T00:00:00.000Z");
  readonly now = (): number => this.ms;
}

export type KeyedApi = TestApi & {
  readonly clock: TestClock;
  issue(grant?: Partial<ApiKeyGrant>): Promise<IssuedApiKey>;
};

interface KeyedApiOptions {
  readonly clock?: TestClock;
  readonly rate?: Rate | null;
}

/** Starts an API that knows stored keys and no other; without a rate unless the test gives one. */
export async function startKeyedApi(
  backend: Backend,
  { clock = new TestClock(), rate = null }: KeyedApiOptions = {},
): Promise<KeyedApi> {
  const { now } = clock;
  const authenticator = storedKeysAuthenticator({ apiKeys: backend.apiKeys, rate, now, clock: now });
  const api = await startApi(backend, { authenticator });
  return { ...api, clock, issue: (grant) => storeKey(backend, grant, clock.ms) };
}

/** Makes a key and stores it: of tenant `acme`, for reading, without an end, unless the test gives something else. */
export async function storeKey(
  { apiKeys }: Backend,
  grant: Partial<ApiKeyGrant> = {},
  nowMs?: number,
): Promise<IssuedApiKey> {
  const issued = await issueApiKey({ tenant: "acme", scopes: ["invocations:read"], expiresMs: null, ...grant }, nowMs);
  await apiKeys.create(issued.key);
  return issued;
}

/** The header that shows a key. */
export function bearer(key: string): { authorization: string } {
  return { authorization: `Bearer ${key}` };
}
