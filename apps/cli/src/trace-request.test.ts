import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { UsageError } from "./failure.ts";
import { buildTraceRequest } from "./trace-request.ts";

const endpoint = "https://otlp.example.com/v1/traces";

test("nothing is asked of a trace of which nothing is said", async () => {
  expect(await buildTraceRequest({})).toBeUndefined();
});

test("headers are given by name and value, of which only the first colon counts", async () => {
  const traceHeader = ["authorization: Bearer a:b", "x-empty:"];
  expect(await buildTraceRequest({ traceEndpoint: endpoint, traceHeader, traceContent: false })).toEqual({
    endpoint,
    headers: { authorization: "Bearer a:b", "x-empty": "" },
    content: false,
  });
});

test("headers are read from a file, so that they stand in no list of processes", async () => {
  const directory = await mkdtemp(join(tmpdir(), "headers-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, "headers.txt");
  await writeFile(path, "x-key: one\r\n\nx-team: two\n");
  const { headers } = (await buildTraceRequest({ traceEndpoint: endpoint, traceHeader: [`@${path}`] })) ?? {};
  expect(headers).toEqual({ "x-key": "one", "x-team": "two" });
});

test.each(["canary-4711", ": canary-4711", "@/nowhere/headers"])(
  "a header that is none is refused, and not repeated: %s",
  async (header) => {
    const failure = await buildTraceRequest({ traceHeader: [header] }).catch((error) => error);
    expect(failure).toBeInstanceOf(UsageError);
    expect(failure.message).not.toContain("canary");
  },
);
