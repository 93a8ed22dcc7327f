import type { ChangeFeed, InvocationId } from "@pifleet/invocation";
import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Keys } from "../scripting/keys.ts";

interface Listener {
  onMessage(message: string): void;
  /** Messages may have been missed. */
  onMissed(): void;
}

/** Those in this process who listen to one channel. */
interface Audience {
  readonly listeners: Set<Listener>;
  readonly subscribed: Promise<unknown>;
}

/**
 * Changes by Redis's publish/subscribe, over one connection for the whole process. However many listen to one
 * invocation, Redis sees one subscription. Redis keeps nothing for a subscriber that is away: after a reconnect every
 * watcher is called, as soon as the channels are subscribed to again. Requests that were missed are found by the
 * worker's next `checkIn`.
 */
export class RedisChangeFeed implements ChangeFeed {
  readonly #subscriber: Redis;
  readonly #keys: Keys;
  readonly #onFault: (error: Error) => void;
  readonly #audiences = new Map<string, Audience>();

  constructor(subscriber: Redis, keys: Keys, onFault: (error: Error) => void) {
    this.#subscriber = subscriber;
    this.#keys = keys;
    this.#onFault = onFault;
    subscriber.on("message", (channel: string, message: string) => {
      for (const listener of this.#audiences.get(channel)?.listeners ?? []) {
        this.#call(() => listener.onMessage(message));
      }
    });
    subscriber.on("ready", () => void this.#catchUp());
  }

  watch(id: InvocationId, listener: () => void): Promise<() => void> {
    return this.#join(this.#keys.changes(id), { onMessage: () => listener(), onMissed: listener });
  }

  watchRequests(listener: (id: InvocationId) => void): Promise<() => void> {
    const onMessage = (id: string) => listener(id as InvocationId);
    return this.#join(this.#keys.requests, { onMessage, onMissed: () => undefined });
  }

  /** Calls `listener` whenever consumers are called for their reserves, or such a call may have been missed. */
  watchReserves(listener: () => void): Promise<() => void> {
    return this.#join(this.#keys.reserves, { onMessage: listener, onMissed: listener });
  }

  async close(): Promise<void> {
    for (const [channel, { listeners }] of this.#audiences) {
      for (const listener of listeners) this.#leave(channel, listener);
    }
  }

  async #join(channel: string, listener: Listener): Promise<() => void> {
    const audience = this.#audiences.get(channel) ?? this.#subscribe(channel);
    audience.listeners.add(listener);
    try {
      await audience.subscribed;
    } catch (error) {
      this.#leave(channel, listener);
      throw error;
    }
    return () => this.#leave(channel, listener);
  }

  #subscribe(channel: string): Audience {
    const audience = { listeners: new Set<Listener>(), subscribed: reached(this.#subscriber.subscribe(channel)) };
    this.#audiences.set(channel, audience);
    return audience;
  }

  #leave(channel: string, listener: Listener): void {
    const audience = this.#audiences.get(channel);
    if (!audience?.listeners.delete(listener) || audience.listeners.size > 0) return;
    this.#audiences.delete(channel);
    // Without a connection there is no subscription left to end.
    this.#subscriber.unsubscribe(channel).catch(() => undefined);
  }

  async #catchUp(): Promise<void> {
    try {
      const channels = [...this.#audiences.keys()];
      if (channels.length === 0) return;
      await this.#subscriber.subscribe(...channels);
      const listeners = [...this.#audiences.values()].flatMap((audience) => [...audience.listeners]);
      for (const listener of listeners) this.#call(() => listener.onMissed());
    } catch (error) {
      this.#onFault(error as Error);
    }
  }

  /** A listener that throws must not keep the others from hearing. */
  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#onFault(error as Error);
    }
  }
}
