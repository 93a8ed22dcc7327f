import { createLogger } from "@pifleet/environment/logging";
import type { Backend, InvocationRecord, Problem } from "@pifleet/invocation";
import { AddressGuard } from "@pifleet/outbound";
import { MemoryArtifactStore } from "@pifleet/testkit";
import { Contract, conformingFetch } from "@pifleet/testkit/contract";
import type { FastifyInstance } from "fastify";
import { onTestFinished } from "vitest";
import { OPEN } from "../authentication.ts";
import { buildServer, type ServerOptions } from "../server.ts";

/** An API that listens on a free loopback port until the test has finished. */
export interface TestApi {
  readonly url: string;
  readonly backend: Backend;
  /** What was logged, as JSON lines. */
  readonly log: string[];
  /** Submits what is given, with a model and an input unless it names others, and answers with the record. */
  submit(submission?: object, headers?: Record<string, string>): Promise<InvocationRecord>;
  /** Sends `body` as JSON. */
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Sends a request. Like all answers here, this one must be as the API describes itself. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Stops the server; the backend stays. */
  close(): Promise<void>;
}

/** Starts an API over `backend`, open to all unless `options` say otherwise. */
export async function startApi(backend: Backend, options: Partial<ServerOptions> = {}): Promise<TestApi> {
  const log: string[] = [];
  const logger = createLogger("info", { write: (line) => void log.push(line) });
  const addressGuard = new AddressGuard();
  const artifacts = new MemoryArtifactStore();
  const server = await buildServer({ backend, artifacts, authenticator: OPEN, addressGuard, logger, ...options });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  const close = () => server.close();
  onTestFinished(async () => {
    server.server.closeAllConnections();
    await close();
    await backend.close();
  });
  const checked = conformingFetch(() => contractOf(server));
  const send = (path: string, init?: RequestInit) => checked(url + path, init);
  const get = (path: string, headers: Record<string, string> = {}) => send(path, { headers });
  const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send(path, {
      method: "POST",
      headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const submit = async (submission: object = {}, headers?: Record<string, string>) => {
    const response = await post("/v1/invocations", { ...SUBMISSION, ...submission }, headers);
    if (!response.ok) throw new Error(`refused: ${await response.text()}`);
    return (await response.json()) as InvocationRecord;
  };
  return { url, backend, log, submit, post, get, fetch: send, close };
}

let contract: Promise<Contract> | undefined;

/** The description is the same for every server. */
function contractOf(server: FastifyInstance): Promise<Contract> {
  contract ??= Promise.resolve(new Contract(server.swagger()));
  return contract;
}

export const SUBMISSION = { model: "demo/scripted", input: "hello" };

/** The problem that a response must hold; with it, that nothing of this machine is in it. */
export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  const type = response.headers.get("content-type");
  if (!type?.startsWith("application/problem+json")) throw new Error(`not a problem but ${type}: ${text}`);
  if (/\bat .*:\d+:\d+|node_modules|file:\/\/|\/src\//.test(text)) throw new Error(`shows the inside: ${text}`);
  return JSON.parse(text);
}
