import { Service, type Start } from "./service.ts";

/** A worker's process. */
export class WorkerService extends Service {
  constructor(start: Start) {
    super("worker", start);
  }

  /** The id under which it is on the list of workers; once it has said that it claims. */
  get id(): string | undefined {
    const line = this.lines.find(({ msg }) => msg === "claiming");
    return line && String(line.worker);
  }
}
