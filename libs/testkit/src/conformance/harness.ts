import {
  addUsage,
  type Harness,
  type HarnessRecord,
  type HarnessResult,
  NO_USAGE,
  type RunnerTask,
} from "@pifleet/invocation";
import { describe, expect, it } from "vitest";

/** What a harness is tested with. */
export interface HarnessBench {
  /** A harness that has not run yet. */
  readonly harness: () => Harness;
  /** A task whose agent answers with exactly this text. */
  readonly answering: (text: string) => RunnerTask;
  /** A task whose agent calls the bash tool with `command` and then answers with `text`. */
  readonly working: (command: string, text: string) => RunnerTask;
  /** A task whose model never answers. */
  readonly hanging: () => RunnerTask;
}

/** What every harness keeps to. */
export function describeHarness(name: string, { harness, answering, working, hanging }: HarnessBench): void {
  describe(`${name} as a harness`, () => {
    it("streams an answer whose deltas together are its text", async () => {
      const { records, result } = await run(harness(), answering("A short answer."));
      expect(result).toMatchObject({ output: "A short answer.", failure: null });
      const deltas = records.filter((record) => record.type === "message.delta");
      expect(deltas.map(({ text }) => text).join("")).toBe("A short answer.");
      expect(records).toContainEqual(expect.objectContaining({ type: "message.completed", text: "A short answer." }));
    });

    it("tells of each request: its start, its first byte, its end, within a turn", async () => {
      const { records } = await run(harness(), answering("Yes."));
      const told = records.filter(({ type }) => type.startsWith("request.") || type.startsWith("turn."));
      expect(told.map(({ type }) => type)).toEqual([
        "turn.started",
        "request.started",
        "request.first_byte",
        "request.ended",
        "turn.ended",
      ]);
    });

    it("reports the usage of all requests together", async () => {
      const { records, result } = await run(harness(), working("true", "Done."));
      const requests = records.filter((record) => record.type === "request.ended");
      const tokens = requests.map(({ usage }) => usage.inputTokens).reduce((a, b) => a + b, 0);
      expect(result.usage).toMatchObject({ turns: 2, toolCalls: 1, inputTokens: tokens });
    });

    it("tells with every answer what it took, also with one that only calls a tool", async () => {
      const { records, result } = await run(harness(), working("true", "Done."));
      const answers = records.filter((record) => record.type === "message.completed");
      expect(answers.map(({ text }) => text)).toEqual(["", "Done."]);
      expect(answers.map(({ usage }) => ({ ...NO_USAGE, ...usage })).reduce(addUsage)).toEqual({
        ...result.usage,
        turns: 0,
        toolCalls: 0,
      });
    });

    it("runs a tool: its start, what it writes, its end with the exit code", async () => {
      const { records, result } = await run(harness(), working("echo hello; exit 3", "Done."));
      const tools = records.filter((record) => record.type.startsWith("tool."));
      expect(tools.map(({ type }) => type)).toEqual(["tool.started", "tool.output", "tool.ended"]);
      expect(tools[1]).toMatchObject({ name: "bash", text: "hello\n" });
      expect(tools[2]).toMatchObject({ isError: true, exitCode: 3 });
      expect(result.messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "assistant"]);
    });

    it("ends soon when it is asked to, with what there is", async () => {
      const engine = harness();
      const ended = run(engine, hanging(), (record) => {
        if (record.type === "request.started") engine.abort();
      });
      expect((await ended).result.failure).toMatchObject({ code: "cancelled" });
    });
  });
}

/** Runs a task to its end. */
export async function run(
  harness: Harness,
  task: RunnerTask,
  onRecord: (record: HarnessRecord) => void = () => undefined,
): Promise<{ records: HarnessRecord[]; result: HarnessResult }> {
  const records: HarnessRecord[] = [];
  const result = await harness.run(task, (record) => {
    records.push(record);
    onRecord(record);
  });
  return { records, result };
}
