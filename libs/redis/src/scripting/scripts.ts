import type { InvocationId } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { BaseName } from "./bases.ts";
import type { Keys } from "./keys.ts";
import type { Parameters, Values } from "./parameters.ts";
import { type Argument, commandOf, definedScripts, type KeyNames, type More, type Script } from "./script.ts";

type Command = (...input: Argument[]) => Promise<unknown>;
interface Given {
  readonly keys: readonly string[];
  readonly args: readonly Argument[];
}

const NOTHING_GIVEN: Given = { keys: [], args: [] };

/** Runs the scripts on one connection. Each is declared with `defineScript` beside its Lua file. */
export class Scripts {
  readonly keys: Keys;
  readonly #redis: Redis;
  readonly #retentionMs: number;
  readonly #writer = crypto.randomUUID();
  #calls = 0;

  /**
   * Tells the connection of every script before the first command is sent. A pipeline knows only the scripts that were
   * there when it was opened, and ioredis ends the process when it meets another one.
   * @param more texts of further scripts by name, for tests
   */
  constructor(redis: Redis, keys: Keys, retentionMs: number, more: ReadonlyMap<string, string> = new Map()) {
    this.#redis = redis;
    this.keys = keys;
    this.#retentionMs = retentionMs;
    for (const [name, lua] of [...definedScripts(), ...more]) redis.defineCommand(commandOf(name), { lua });
  }

  /** Runs a script. @throws {UnavailableError} */
  call<K extends KeyNames, A extends Parameters, R>(
    script: Script<K, A, R, undefined>,
    keys: Readonly<Record<keyof K, string>>,
    args: Values<A>,
    more?: More,
  ): Promise<R> {
    return this.#send(script, NOTHING_GIVEN, keys, args, more);
  }

  /** Runs a script on one invocation. @throws {UnavailableError} */
  callOn<K extends KeyNames, A extends Parameters, R>(
    id: InvocationId,
    script: Script<K, A, R, "invocation">,
    keys: Readonly<Record<keyof K, string>>,
    args: Values<A>,
    more?: More,
  ): Promise<R> {
    const given = { keys: this.#keysOf(id), args: this.#scopeOf(id) };
    return this.#send(script, given, keys, args, more);
  }

  /** Runs a script on the ledger of deliveries. @throws {UnavailableError} */
  callOnLedger<K extends KeyNames, A extends Parameters, R>(
    script: Script<K, A, R, "ledger">,
    keys: Readonly<Record<keyof K, string>>,
    args: Values<A>,
    more?: More,
  ): Promise<R> {
    const { dueDeliveries, expiringDeliveries, deliveryPrefix, indexPrefix } = this.keys;
    const given = { keys: [dueDeliveries, expiringDeliveries], args: [deliveryPrefix, indexPrefix, this.#retentionMs] };
    return this.#send(script, given, keys, args, more);
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

  async #send<K extends KeyNames, A extends Parameters, R, B extends BaseName | undefined>(
    { name, command, reply, input }: Script<K, A, R, B>,
    given: Given,
    keys: Readonly<Record<keyof K, string>>,
    args: Values<A>,
    more: More | undefined,
  ): Promise<R> {
    const commands = this.#redis as unknown as Record<string, Command | undefined>;
    const send = commands[reply.hasBytes ? `${command}Buffer` : command];
    if (!send) throw new TypeError(`Script ${name} was declared after the connection was made.`);
    const raw = await reached(send.apply(this.#redis, input(given, keys, args, more)));
    try {
      return reply.parse(raw);
    } catch (error) {
      throw new TypeError(`Script ${name} answered with ${(error as Error).message}.`);
    }
  }
}
