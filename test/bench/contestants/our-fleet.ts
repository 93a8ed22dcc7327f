import type { Task } from "../agent.ts";
import type { MeasuredFleet } from "../measured-fleet.ts";
import type { Contestant, Submitted } from "./contestant.ts";

/** One API and one worker of ours, asked over HTTP. */
export class OurFleet implements Contestant {
  readonly measured: MeasuredFleet;

  constructor(measured: MeasuredFleet) {
    this.measured = measured;
  }

  async submit(task: Task): Promise<Submitted> {
    const { id } = await this.measured.submit(task);
    return { ended: this.measured.succeeded(id).then(() => undefined) };
  }

  async cpuMs(): Promise<number> {
    const { api, worker, runners, redis } = await this.measured.cpuTime();
    return api + worker + runners + redis;
  }

  rest(): Promise<void> {
    return this.measured.rest();
  }
}
