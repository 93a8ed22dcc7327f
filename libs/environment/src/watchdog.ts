import { url as inspectorUrl } from "node:inspector";
import { hostname } from "node:os";
import { Worker } from "node:worker_threads";

const MOST_TICK_MS = 250;
const TICKS = 10;
/** The thread needs little; without bounds it would take what V8 gives to a program. */
const RESOURCES = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 4 };

export interface WatchdogOptions {
  /** How long the event loop may stand still, milliseconds; 0 is for ever. */
  readonly limitMs: number;
  /** The `app` field of the log line. */
  readonly app: string;
}

/** Data for the watchdog thread. */
interface Watched extends WatchdogOptions {
  /** Grows with each turn of the event loop that is watched. */
  readonly beats: Int32Array<SharedArrayBuffer>;
  readonly tickMs: number;
  readonly host: string;
}

/**
 * Ends this process with SIGKILL when its event loop has stood still for too long: then no deadline, no signal and no
 * lease has any effect any more, and nobody else would end it. Before that it logs where the program stands, if that
 * can be found out. A thread of its own watches; it counts only time in which it runs on time itself, so a process that
 * was stopped, or whose machine was suspended or starved, is left alone. So is one that is debugged.
 */
export function startWatchdog({ limitMs, app }: WatchdogOptions): void {
  if (limitMs === 0 || inspectorUrl() !== undefined) return;
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const tickMs = Math.min(MOST_TICK_MS, Math.ceil(limitMs / TICKS));
  setInterval(() => Atomics.add(beats, 0, 1), tickMs).unref();
  const workerData: Watched = { limitMs, app, beats, tickMs, host: hostname() };
  // From its text, so that it needs no file of its own beside a bundled program.
  const thread = new Worker(`(${watch.toString()})()`, {
    eval: true,
    workerData,
    env: {},
    execArgv: [],
    resourceLimits: RESOURCES,
  });
  thread.unref();
}

/** The program of the thread. It can name nothing of this module. */
function watch(): void {
  const { workerData } = process.getBuiltinModule("node:worker_threads");
  const { beats, limitMs, tickMs, app, host } = workerData as Watched;
  const standardOutput = 1;
  /** How long the main thread has to say where it stands, milliseconds; in native code it cannot. */
  const patienceMs = 1_000;
  let seen = -1;
  let silentMs = 0;
  let last = performance.now();

  const timer = setInterval(() => {
    const sinceMs = performance.now() - last;
    last += sinceMs;
    const beat = Atomics.load(beats, 0);
    if (beat !== seen) {
      seen = beat;
      silentMs = 0;
    } else if (sinceMs < 3 * tickMs) silentMs += sinceMs;
    if (silentMs < limitMs) return;
    clearInterval(timer);
    locate(end);
  }, tickMs);

  function locate(found: (frames: string[]) => void): void {
    setTimeout(() => found([]), patienceMs);
    const { Session } = process.getBuiltinModule("node:inspector");
    const session = new Session();
    const files = new Map<string, string>();
    session.connectToMainThread();
    session.on("Debugger.scriptParsed", ({ params: { scriptId, url } }) => void files.set(scriptId, url));
    session.on("Debugger.paused", ({ params: { callFrames } }) => {
      const frames = callFrames.map(({ functionName, location: { scriptId, lineNumber, columnNumber = 0 } }) => {
        const place = `${files.get(scriptId)}:${lineNumber + 1}:${columnNumber + 1}`;
        return `    at ${functionName || "<anonymous>"} (${place})`;
      });
      found(frames);
    });
    session.post("Debugger.enable");
    session.post("Debugger.pause");
  }

  function end(frames: string[]): void {
    const message = `the event loop has not turned for ${Math.round(silentMs)} ms`;
    const place = frames.length > 0 ? frames.join("\n") : "    at a place that is not known, such as in native code";
    const err = { type: "Error", message, stack: `Error: ${message}\n${place}` };
    const line = {
      level: "fatal",
      time: new Date().toISOString(),
      pid: process.pid,
      hostname: host,
      app,
      err,
      msg: "the process hangs and is killed",
    };
    try {
      process.getBuiltinModule("node:fs").writeSync(standardOutput, `${JSON.stringify(line)}\n`);
    } finally {
      process.kill(process.pid, "SIGKILL");
    }
  }
}
