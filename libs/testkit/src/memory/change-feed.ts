import type { ChangeFeed, InvocationId } from "@pifleet/invocation";

/** Changes within one process. Listeners are called soon after a change, never during it. */
export class MemoryChangeFeed implements ChangeFeed {
  readonly #watchers = new Map<InvocationId, Set<() => void>>();
  readonly #requestListeners = new Set<(id: InvocationId) => void>();

  async watch(id: InvocationId, listener: () => void): Promise<() => void> {
    const watcher = () => listener();
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(id) === watchers) this.#watchers.delete(id);
    };
  }

  async watchRequests(listener: (id: InvocationId) => void): Promise<() => void> {
    const requestListener = (id: InvocationId) => listener(id);
    this.#requestListeners.add(requestListener);
    return () => this.#requestListeners.delete(requestListener);
  }

  /** Something about the invocation has changed. */
  announce(id: InvocationId): void {
    queueMicrotask(() => {
      for (const watcher of this.#watchers.get(id) ?? []) watcher();
    });
  }

  /** Something is asked of the running invocation. */
  request(id: InvocationId): void {
    queueMicrotask(() => {
      for (const listener of this.#requestListeners) listener(id);
    });
  }

  async close(): Promise<void> {
    this.#watchers.clear();
    this.#requestListeners.clear();
  }
}
