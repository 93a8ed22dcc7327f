import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LaunchError, newInvocationId, type Runner, type Runtime } from "@pifleet/invocation";
import { ACTING_RUNNER, finish, perform } from "@pifleet/testkit/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createProcessRuntime, type ProcessRuntimeOptions } from "./process-runtime.ts";
import { newRoots } from "./testing/roots.ts";

const newRoot = newRoots();

describe("the exit of a runner", () => {
  let runtime: Runtime;

  beforeEach(() => {
    runtime = createProcessRuntime({ workspaces: newRoot(), programs: [ACTING_RUNNER], heapMb: 64 });
  });
  afterEach(() => runtime.close());

  const launch = (): Promise<Runner> => runtime.launch({ invocationId: newInvocationId(), attempt: 1, files: [] });

  it("that says what is no record is a protocol fault, with what it said", async () => {
    const runner = await launch();
    await perform(runner, [{ do: "send_raw", value: { type: "nonsense" } }, { do: "wait" }]);
    expect((await runner.exited).protocolFault).toContain("nonsense");
    await runner.dispose();
  });

  it.each([
    ["is no JSON", "garbage\n"],
    ["has bytes that are no text", "\u0000\u0001\ufffd{\n"],
    ["is JSON, but no record", "[1, 2]\nnull\n"],
    ["is nested very deeply", `${"[".repeat(30_000)}${"]".repeat(30_000)}\n`],
    ["is stamped with no time", '{"type":"turn.started","at":1e300,"turn":1}\n'],
  ])("that writes to the channel what %s is terminated, and harms nobody else", async (_title, text) => {
    const runner = await launch();
    await perform(runner, [{ do: "write_channel", text }, { do: "wait" }]);
    expect(await runner.exited).toMatchObject({ signal: "SIGKILL", protocolFault: expect.any(String) });
    await runner.dispose();
  });

  it("that runs out of its heap is told from other crashes", async () => {
    const runner = await launch();
    await perform(runner, [{ do: "fill_memory" }]);
    expect(await runner.exited).toMatchObject({ outOfMemory: true });
    await runner.dispose();
  });

  it("that is killed from outside says so", async () => {
    const runner = await launch();
    const said = perform(runner, [{ do: "wait" }]);
    process.kill(runner.pid, "SIGKILL");
    await said;
    expect(await runner.exited).toMatchObject({ code: null, signal: "SIGKILL", outOfMemory: false });
    await runner.dispose();
  });

  it("may write 2 MB in one line, of which the end is kept", async () => {
    const runner = await launch();
    const text = `${"x".repeat(2_000_000)}the end`;
    await perform(runner, [{ do: "write_stderr", text }, finish("ok"), { do: "exit", code: 0 }]);
    const { stderrTail } = await runner.exited;
    expect(stderrTail.endsWith("the end")).toBe(true);
    expect(stderrTail.length).toBe(8_192);
    await runner.dispose();
  });

  it("that has exited tells its code, and the last lines of stderr", async () => {
    const runner = await launch();
    await perform(runner, [
      { do: "write_stderr", text: "first\nlast words\n" },
      { do: "exit", code: 3 },
    ]);
    const exit = await runner.exited;
    expect(exit).toEqual({ code: 3, signal: null, outOfMemory: false, stderrTail: "first\nlast words\n" });
    await runner.dispose();
  });
});

describe("a launch that fails", () => {
  let root: string;

  beforeEach(() => {
    root = newRoot();
  });

  /** Why a launch failed; nothing may be left of it. */
  async function failure(options: Partial<ProcessRuntimeOptions>, content = ""): Promise<LaunchError> {
    const runtime = createProcessRuntime({ workspaces: root, programs: [ACTING_RUNNER], ...options });
    const files = [{ path: "seed.txt", content }];
    const error = await runtime
      .launch({ invocationId: newInvocationId(), attempt: 1, files })
      .catch((thrown) => thrown);
    await runtime.close();
    expect(error).toBeInstanceOf(LaunchError);
    expect(error.message).not.toContain(root);
    return error;
  }

  function nothingIsLeft(): void {
    expect(readdirSync(root).sort()).toEqual([".runs"]);
    expect(readdirSync(join(root, ".runs"))).toEqual([]);
  }

  it("because the runner ends before it takes a task tells how it ended", async () => {
    const { exit } = await failure({ programs: [{ name: "missing", arguments: [join(root, "missing.mjs")] }] });
    expect(exit).toMatchObject({ code: 1, stderrTail: expect.stringContaining("missing.mjs") });
    nothingIsLeft();
  });

  it("because there is no such program says so", async () => {
    expect((await failure({ node: join(root, "none") })).message).toMatch("no such file or directory (ENOENT)");
    nothingIsLeft();
  });

  it("because the program may not be run says so", async () => {
    const program = join(newRoot(), "program");
    writeFileSync(program, "");
    chmodSync(program, 0o600);
    expect((await failure({ node: program })).message).toMatch("permission denied (EACCES)");
    nothingIsLeft();
  });

  it("because the machine refuses to make the process says so", async () => {
    expect((await failure({ path: "x".repeat(4_000_000) })).message).toMatch("argument list too long (E2BIG)");
    nothingIsLeft();
  });

  it("because the workspaces cannot be where they are to be says so", async () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    expect((await failure({ workspaces: join(file, "workspaces") })).message).toMatch("not a directory (ENOTDIR)");
  });

  it.runIf(canMount())("because the disk is full says so, and leaves no half of a workspace", async () => {
    mountSmallDisk(root);
    try {
      expect((await failure({}, "x".repeat(1_000_000))).message).toMatch("no space left on device (ENOSPC)");
      nothingIsLeft();
    } finally {
      unmount(root);
    }
  });

  it("once does not keep the next one from succeeding", async () => {
    const workspaces = join(root, "workspaces");
    writeFileSync(workspaces, "");
    const runtime = createProcessRuntime({ workspaces, programs: [ACTING_RUNNER] });
    const launch = () => runtime.launch({ invocationId: newInvocationId(), attempt: 1, files: [] });
    await expect(launch()).rejects.toBeInstanceOf(LaunchError);
    rmSync(workspaces);
    const runner = await launch();
    await runner.dispose();
    await runtime.close();
  });
});

/** Mounts a file system of 256 KB. */
function mountSmallDisk(directory: string): void {
  execFileSync("/bin/mount", ["-t", "tmpfs", "-o", "size=256k", "pifleet-test", directory], { stdio: "ignore" });
}

function unmount(directory: string): void {
  execFileSync("/bin/umount", [directory]);
}

/** Whether this process may mount a file system of its own. */
function canMount(): boolean {
  const directory = join(newRoot(), "probe");
  mkdirSync(directory);
  try {
    mountSmallDisk(directory);
    unmount(directory);
    return true;
  } catch {
    return false;
  }
}
