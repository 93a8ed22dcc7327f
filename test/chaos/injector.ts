import { setTimeout } from "node:timers/promises";
import { FAULTS } from "./faults/every-fault.ts";
import type { Fault, Scene } from "./faults/fault.ts";

/** Between two faults, milliseconds. A fault that lasts goes on while others strike. */
const PAUSE_MS = { least: 500, most: 3_000 };

/** Lets one fault after the other strike. */
export class Injector {
  /** How often each kind struck. */
  readonly struck = new Map<string, number>(FAULTS.map(({ name }) => [name, 0]));
  /** Every fault that struck, when it began and when all was as before; Unix milliseconds. */
  readonly log: { readonly name: string; readonly from: number; readonly to: number }[] = [];
  /** Faults that could not be made, or undone. */
  readonly failures: unknown[] = [];
  readonly #scene: Scene;
  readonly #underWay = new Set<Promise<void>>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Resolves when the time is over and all is as before. */
  async strikeFor(durationMs: number): Promise<void> {
    const { random } = this.#scene;
    const end = performance.now() + durationMs;
    while (performance.now() < end) {
      const strike = this.#strike(this.#draw());
      this.#underWay.add(strike);
      void strike.then(() => this.#underWay.delete(strike));
      await setTimeout(random.between(PAUSE_MS.least, PAUSE_MS.most));
    }
    await Promise.all(this.#underWay);
  }

  #draw(): Fault {
    const { random } = this.#scene;
    const drawn = FAULTS.flatMap((fault) => Array.from({ length: fault.weight }, () => fault));
    return random.pick(drawn) as Fault;
  }

  async #strike(fault: Fault): Promise<void> {
    const from = Date.now();
    try {
      if (!(await fault.strike(this.#scene))) return;
      this.struck.set(fault.name, (this.struck.get(fault.name) ?? 0) + 1);
      this.log.push({ name: fault.name, from, to: Date.now() });
    } catch (error) {
      this.failures.push(error);
    }
  }
}
