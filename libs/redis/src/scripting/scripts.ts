import type { InvocationId } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Keys } from "./keys.ts";
import { libraryScripts, loadScript } from "./script-loader.ts";
import { transitionsAsLua } from "./transition-table.ts";

export const SCRIPT_NAMES = [
  "absent",
  "admit",
  "append-events",
  "beat",
  "cancel",
  "check-in",
  "claims-of-worker",
  "compact",
  "create",
  "create-api-key",
  "create-webhook",
  "enter",
  "expire",
  "expire-deliveries",
  "finish-spans",
  "followers",
  "free-places",
  "is-crowded",
  "lead",
  "leases-are-due",
  "leave",
  "list-deliveries",
  "list-workers",
  "next-due",
  "pause",
  "postpone-delivery",
  "raise-schema",
  "read-events",
  "read-foldable",
  "read-standing",
  "read-summaries",
  "read-wait",
  "record-export",
  "record-try",
  "recount",
  "recount-storage",
  "redeliver",
  "renew-claim",
  "replace-webhook",
  "report-provider",
  "resume",
  "revoke-api-key",
  "settle",
  "start",
  "take-deliveries",
  "take-ended",
  "take-owed",
  "use-api-key",
  "vanished",
  "vouch",
  "write-deliveries",
] as const;
export type ScriptName = (typeof SCRIPT_NAMES)[number];

type Argument = string | number | Buffer;
type Command = (...args: Argument[]) => Promise<unknown>;

const source = libraryScripts({ transitions: transitionsAsLua() });
const TEXTS = new Map(SCRIPT_NAMES.map((name) => [name, loadScript(name, source)]));

/** The text of a script as it is sent to Redis. */
export function scriptText(name: ScriptName): string {
  return TEXTS.get(name) ?? "";
}

/** Runs the scripts on one connection. Their typed wrappers stand beside their Lua files. */
export class Scripts {
  readonly keys: Keys;
  readonly #redis: Redis;
  readonly #retentionMs: number;
  readonly #writer = crypto.randomUUID();
  #calls = 0;

  constructor(redis: Redis, keys: Keys, retentionMs: number) {
    this.#redis = redis;
    this.keys = keys;
    this.#retentionMs = retentionMs;
    for (const name of SCRIPT_NAMES) redis.defineCommand(commandName(name), { lua: scriptText(name) });
  }

  /** Runs a script with exactly these keys and arguments. @throws {UnavailableError} */
  run(name: ScriptName, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return this.#call(commandName(name), keys, args);
  }

  /** The same, with a `Buffer` in place of every string of the answer. @throws {UnavailableError} */
  runForBuffers(name: ScriptName, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return this.#call(`${commandName(name)}Buffer`, keys, args);
  }

  /** Runs a script whose input begins with the scope of one invocation; see `status/scope.lua`. */
  async runOn(
    id: InvocationId,
    name: ScriptName,
    args: readonly Argument[],
    moreKeys: readonly string[] = [],
  ): Promise<unknown> {
    return this.run(name, [...this.#keysOf(id), ...moreKeys], [...this.#scopeOf(id), ...args]);
  }

  /** The same, with a `Buffer` in place of every string of the answer. */
  async runOnForBuffers(
    id: InvocationId,
    name: ScriptName,
    args: readonly Argument[],
    moreKeys: readonly string[] = [],
  ): Promise<unknown> {
    return this.runForBuffers(name, [...this.#keysOf(id), ...moreKeys], [...this.#scopeOf(id), ...args]);
  }

  /**
   * Runs a script whose input begins with the ledger of deliveries; see `deliveries/ledger.lua`. It answers with
   * `Buffer`s.
   */
  async runOnLedger(name: ScriptName, args: readonly Argument[], moreKeys: readonly string[] = []): Promise<unknown> {
    const { dueDeliveries, expiringDeliveries, deliveryPrefix, indexPrefix } = this.keys;
    const ledgerArgs = [deliveryPrefix, indexPrefix, this.#retentionMs];
    return this.runForBuffers(name, [dueDeliveries, expiringDeliveries, ...moreKeys], [...ledgerArgs, ...args]);
  }

  /** Names a call, so that it takes effect once even if it is sent twice; see `attempts/repeated.lua`. */
  nextCall(): [writer: string, call: number] {
    this.#calls += 1;
    return [this.#writer, this.#calls];
  }

  #keysOf(id: InvocationId): string[] {
    const { keys } = this;
    const own = [keys.record(id), keys.events(id), keys.spans(id)];
    const shared = [keys.unqueued, keys.expiring, keys.open, keys.owed, keys.quarantined, keys.outbox];
    return [...own, ...shared, keys.admitted, keys.scheduled];
  }

  #scopeOf(id: InvocationId): Argument[] {
    const { keys } = this;
    return [id, new Date().toISOString(), this.#retentionMs, keys.indexPrefix, keys.changes(id)];
  }

  async #call(name: string, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    const commands = this.#redis as unknown as Record<string, Command | undefined>;
    const command = commands[name];
    if (!command) throw new TypeError(`no such script: ${name}`);
    return reached(command.call(this.#redis, keys.length, ...keys, ...args));
  }
}

function commandName(name: ScriptName): string {
  return `pifleet:${name}`;
}
