import {
  type Artifact,
  type Claim,
  DEFAULT_TOOLS,
  type HarnessResult,
  type InputMessage,
  type Invocation,
  LaunchError,
  type ModelAccess,
  QUEUE_NAME,
  type Runner,
  type RunnerRecord,
} from "@pifleet/invocation";
import { cancelAttributes, SpanRecorder } from "@pifleet/tracing";
import { collectArtifacts } from "./artifact-collection.ts";
import { Budget } from "./budget.ts";
import { type Cause, Ending } from "./cause.ts";
import { Deadlines } from "./deadlines.ts";
import { FirstAnswer } from "./first-answer.ts";
import { FirstBytes } from "./first-bytes.ts";
import { LogRelay } from "./log-relay.ts";
import type { AttemptInfo, ExecutionPorts } from "./ports.ts";
import { runnerPatience } from "./provider-patience.ts";
import type { RecordObserver } from "./record-observer.ts";
import { RecordRedactor } from "./record-redactor.ts";
import { Standstill } from "./standstill.ts";
import { Transcript } from "./transcript.ts";
import { UsageMeter } from "./usage-meter.ts";

/** How long the processes of a runner have to end by themselves when they are asked to, milliseconds. */
const TERMINATE_GRACE_MS = 500;
/** How long a runner has to exit after it has reported its result, milliseconds. */
const EXIT_GRACE_MS = 2_000;

type Access = Extract<ModelAccess, { kind: "ready" }>;

/**
 * One attempt, from taking a runner until nothing of it is left. Whatever ends it, when `run` resolves its processes
 * are dead, and all that it reported has been observed. What lies in its workspace is there until it is cleared away.
 */
export class Attempt {
  readonly ending = new Ending();
  readonly transcript: Transcript;
  readonly firstAnswer = new FirstAnswer();
  readonly relay: LogRelay;
  readonly spans: SpanRecorder;
  readonly #invocation: Invocation;
  readonly #ports: ExecutionPorts;
  readonly #deadlines: Deadlines;
  readonly #observers: readonly RecordObserver[];
  readonly #redactor: RecordRedactor;
  readonly #lost: AbortSignal;
  #runner: Runner | undefined;
  readonly #standstill: Standstill;
  #result: HarnessResult | undefined;

  /** @param worker the id of the worker that it runs on */
  constructor(invocation: Invocation, worker: string, claim: Claim, ports: ExecutionPorts) {
    const { ending } = this;
    const { limits, usage } = invocation;
    this.#invocation = invocation;
    this.#ports = ports;
    this.#lost = claim.lost;
    this.#redactor = new RecordRedactor(ports.redactor);
    this.transcript = new Transcript(conversationOf(invocation).length);
    this.relay = new LogRelay({
      log: ports.events,
      id: invocation.id,
      attempt: invocation.attempt,
      progress: () => this.transcript.progress,
      lost: claim.lost,
      onStale: () => ending.end({ kind: "lost" }),
      onRefused: (error) => ending.end({ kind: "unlogged", error }),
      onFault: (error) => ports.onFault(error, this.info),
    });
    const content = ports.tracing.content(invocation);
    this.spans = new SpanRecorder(invocation, worker, Date.now(), {
      queue: QUEUE_NAME,
      redactor: ports.redactor,
      onEntry: (entry) => this.relay.note(entry),
      ...(content && { content }),
    });
    this.#deadlines = new Deadlines(limits, ending);
    this.#standstill = new Standstill(invocation.status === "paused", {
      deadlines: this.#deadlines,
      spans: this.spans,
      relay: this.relay,
      pauseLimitMs: ports.pauseLimitMs,
      onFault: (error) => ports.onFault(error, this.info),
    });
    const budget = new Budget(limits, usage.costUsd, ending);
    const firstBytes = new FirstBytes(ports.measures);
    const meter = new UsageMeter(ports.measures, invocation);
    this.#observers = [
      ...[this.transcript, this.spans, this.relay, this.#deadlines, budget],
      ...[firstBytes, meter, this.firstAnswer],
    ];
  }

  get info(): AttemptInfo {
    const { id, attempt, trace, tenant, model, attempts } = this.#invocation;
    const startedAtMs = Date.parse(attempts.at(-1)?.startedAt ?? this.#invocation.createdAt);
    return {
      invocation: id,
      attempt,
      traceId: trace.traceId,
      spanId: this.spans.rootSpanId,
      tenant,
      model,
      startedAtMs,
    };
  }

  /** Runs the attempt to its end; never rejects. */
  async run(): Promise<Cause> {
    try {
      const access = this.#ports.modelAccess(this.#invocation.model);
      if (access.kind === "failure") this.ending.end({ kind: "refused", failure: access.failure });
      else await this.#runWith(access);
    } catch (error) {
      this.ending.end({ kind: "not_launched", error: launchError(error) });
    } finally {
      this.#deadlines.stop();
    }
    const cause = await this.ending.reached;
    if (cause.kind === "cancelled") this.spans.event("cancel", Date.now(), cancelAttributes("requested"));
    return cause;
  }

  /** Tells what the requests of the attempt took that no message has told; before the relay is closed. */
  tellRest(): void {
    const rest = this.transcript.rest(Date.now());
    if (!rest) return;
    this.transcript.observe(rest);
    this.relay.observe(rest);
  }

  /** Keeps the files that the run has left to be kept; never rejects. After `run`. */
  async collect(): Promise<Artifact[]> {
    const { artifacts: store, artifactLimits: limits, redactor, onFault } = this.#ports;
    if (!this.#runner) return [];
    const { artifacts, warning: message } = await collectArtifacts(this.#runner, {
      store,
      limits,
      redactor,
      holder: this.#invocation,
      lost: this.#lost,
      onFault: (error) => onFault(error, this.info),
    });
    if (message !== undefined) this.relay.observe({ type: "log", at: Date.now(), level: "warn", message });
    return artifacts;
  }

  /** Removes all that is left of the run. Safe to call twice. */
  async clear(): Promise<void> {
    await this.#runner?.dispose();
  }

  /** Stops the processes of the attempt where they are, or lets them go on. */
  setPaused(paused: boolean): void {
    if (!this.ending.cause) this.#standstill.setPaused(paused);
  }

  /** Stops the processes while somebody else may have the invocation, and lets them go on when that is not so. */
  setInDoubt(inDoubt: boolean): void {
    if (!this.ending.cause) this.#standstill.setInDoubt(inDoubt);
  }

  async #runWith(access: Access): Promise<void> {
    const runner = await this.#launch();
    if (!runner) return;
    this.#runner = runner;
    this.#ports.measures.count("runner_starts_total", { kind: runner.start });
    const read = this.#read(runner);
    // A task that is sent to a stopped process waits in its channel.
    await this.#standstill.begin(runner);
    this.#deadlines.begin();
    runner.send({ type: "task", task: this.#task(runner, access) });
    await this.ending.reached;
    this.#deadlines.stop();
    await runner.terminate(this.#isEndedFromOutside ? TERMINATE_GRACE_MS : 0);
    await read;
  }

  /** A runner, unless the attempt has ended before there is one. */
  async #launch(): Promise<Runner | undefined> {
    const { id, attempt, submission } = this.#invocation;
    const abandoned = new AbortController();
    void this.ending.reached.then(() => abandoned.abort());
    const request = { invocationId: id, attempt, files: submission.files ?? [], signal: abandoned.signal };
    const runner = await this.#ports.runtime.launch(request);
    if (!this.ending.cause) return runner;
    await runner.dispose();
    return undefined;
  }

  #task(runner: Runner, { kind: _kind, ...access }: Access) {
    const { id, attempt, submission, trace, carrier } = this.#invocation;
    const { instructions, tools } = submission;
    const { tracestate } = carrier;
    const sampled = this.#ports.tracing.isSampled(this.#invocation);
    return {
      invocationId: id,
      attempt,
      workspace: runner.workspace,
      environment: { ...runner.toolEnvironment },
      ...access,
      ...(instructions !== undefined && { instructions }),
      trace: { traceId: trace.traceId, sampled, ...(tracestate !== undefined && { tracestate }) },
      providerPatience: runnerPatience(this.#invocation),
      conversation: conversationOf(this.#invocation),
      tools: tools ?? [...DEFAULT_TOOLS],
    };
  }

  /** Reads the runner until it has nothing more to say; never rejects. */
  async #read(runner: Runner): Promise<void> {
    try {
      await this.#readAll(runner);
    } catch (error) {
      this.#ports.onFault(error, this.info);
      this.ending.end({ kind: "unreadable", error });
    }
  }

  async #readAll(runner: Runner): Promise<void> {
    for await (const record of runner.records) {
      for (const clean of this.#redactor.redact(record)) this.#observe(clean, runner);
      await this.relay.room();
    }
    for (const clean of this.#redactor.end()) this.#observe(clean, runner);
    const exit = await runner.exited;
    const result = this.#result;
    this.ending.end(result ? { kind: "finished", result, exit } : { kind: "exited", exit });
  }

  #observe(record: RunnerRecord, runner: Runner): void {
    // Nothing follows the result.
    if (this.#result || (this.#isEndedFromOutside && record.at > this.ending.atMs)) return;
    for (const observer of this.#observers) observer.observe(record);
    if (record.type === "finished") this.#awaitExit(record.result, runner);
  }

  /**
   * Whether the runner is killed. What it does from then on, such as to see its tool fail and to tell the model, is
   * nothing that the agent did.
   */
  get #isEndedFromOutside(): boolean {
    const kind = this.ending.cause?.kind;
    return kind !== undefined && kind !== "finished" && kind !== "exited";
  }

  /** The result is final once the process has ended; one that stays is not waited for without limit. */
  #awaitExit(result: HarnessResult, runner: Runner): void {
    this.#result = result;
    this.#deadlines.stop();
    const late = setTimeout(() => this.ending.end({ kind: "finished", result, exit: null }), EXIT_GRACE_MS);
    void runner.exited.then(() => clearTimeout(late));
  }
}

/** What is submitted as input, as a conversation. */
function conversationOf({ submission: { input } }: Invocation): InputMessage[] {
  return typeof input === "string" ? [{ role: "user", content: input }] : input;
}

function launchError(error: unknown): LaunchError {
  if (error instanceof LaunchError) return error;
  return new LaunchError(`The runner could not be started: ${String(error)}`, { cause: error });
}
