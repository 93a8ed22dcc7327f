import { setTimeout } from "node:timers/promises";
import { PiFleetError } from "@pifleet/client";
import type { SubmissionInput } from "@pifleet/invocation";
import { ORDINARY_TASKS, promptFor, type Task } from "./agent.ts";
import type { Arena } from "./arena.ts";
import type { Random } from "./random.ts";

/** How many invocations are under way at once. */
const AT_ONCE = 9;
const LIMITS = { firstByteMs: 12_000, idleMs: 15_000, totalMs: 120_000 };
const LONGEST_THOUGHT_MS = 3_000;

/** Submits invocations of all kinds, one when another has ended, and cancels, pauses and resumes some of them. */
export class Load {
  /** The ids of all submissions that were answered with 202. */
  readonly accepted: string[] = [];
  /** Submissions that no API took. */
  refused = 0;
  cancelled = 0;
  paused = 0;
  readonly #arena: Arena;
  readonly #random: Random;
  readonly #callers: Promise<void>[] = [];
  #stopped = false;

  constructor(arena: Arena, random: Random) {
    this.#arena = arena;
    this.#random = random;
  }

  start(): void {
    this.#callers.push(...Array.from({ length: AT_ONCE }, () => this.#callAgain(this.#random.fork())));
  }

  /** No new submissions; resolves when each of those before has ended, or `patienceMs` later. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopped = true;
    await Promise.race([Promise.all(this.#callers), setTimeout(patienceMs, undefined, { ref: false })]);
  }

  /** Submits one invocation. */
  async submit(task: Task, more: Partial<SubmissionInput> = {}): Promise<string | undefined> {
    const submission = { model: "fake/test", input: promptFor(task), limits: LIMITS, metadata: { task }, ...more };
    try {
      const { id } = await this.#arena.ask((client) => client.invocations.create(submission), 0);
      this.accepted.push(id);
      return id;
    } catch {
      // Nobody was told that it was accepted. Whether it was all the same, the list of all invocations tells.
      this.refused += 1;
      await setTimeout(LONGEST_THOUGHT_MS / 10);
      return undefined;
    }
  }

  async #callAgain(random: Random): Promise<void> {
    while (!this.#stopped) {
      const id = await this.submit(random.pick(ORDINARY_TASKS) ?? "chat", variety(random));
      if (!id) continue;
      await this.#changeMind(id, random);
      await this.#awaitEnd(id);
    }
  }

  async #changeMind(id: string, random: Random): Promise<void> {
    const wish = random.next();
    if (wish > 0.3) return;
    await setTimeout(random.between(0, LONGEST_THOUGHT_MS));
    if (wish < 0.12) {
      if (await this.#ask("cancel", id)) this.cancelled += 1;
    } else if (await this.#ask("pause", id)) {
      this.paused += 1;
      await setTimeout(random.between(0, LONGEST_THOUGHT_MS));
      await this.#ask("resume", id);
    }
  }

  /** Whether it was done; it is refused when the invocation has ended, or has not begun. */
  async #ask(wish: "cancel" | "pause" | "resume", id: string): Promise<boolean> {
    try {
      await this.#arena.ask((client) => client.invocations[wish](id));
      return true;
    } catch (error) {
      if (error instanceof PiFleetError && error.status < 500) return false;
      // What may have been paused all the same must not stay so.
      return wish === "pause";
    }
  }

  async #awaitEnd(id: string): Promise<void> {
    try {
      await this.#arena.ask((client) => client.invocations.wait(id), 120_000);
    } catch {
      // The audit tells what became of it.
    }
  }
}

function variety(random: Random): Partial<SubmissionInput> {
  return {
    ...(random.chance(0.1) && { recovery: "fail" as const }),
    ...(random.chance(0.2) && { delayMs: random.between(100, 2_000) }),
    ...(random.chance(0.3) && { priority: random.between(1, 10) }),
    limits: { ...LIMITS, maxAttempts: random.chance(0.2) ? 2 : 10 },
  };
}
