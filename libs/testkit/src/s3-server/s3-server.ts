import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { type SinkControls, startSinkServer } from "../sink-server.ts";
import { Bucket, type StartedUpload, type StoredObject } from "./bucket.ts";
import { perform, refused, type S3Answer, type S3Call } from "./operations.ts";
import { S3Refusal } from "./refusal.ts";
import { isDone, respond, type S3Fault } from "./s3-fault.ts";
import { type S3Account, type SignedRequest, verifySignature } from "./signature.ts";

export type { S3Fault } from "./s3-fault.ts";

const NAME = "artifacts";
const REGION = "eu-fake-1";
const PAGE_SIZE = 1_000;

/** A request as the store received it, whether it was done or not. */
export interface S3LoggedRequest extends Omit<S3Call, "body" | "query"> {
  readonly query: Readonly<Record<string, string>>;
  readonly bytes: number;
}

/** A store for tests that speaks the protocol of S3, over real HTTP; it has one bucket, in memory. */
export interface S3Server extends SinkControls {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly account: S3Account;
  /** What is in the bucket, by its key. */
  readonly objects: ReadonlyMap<string, StoredObject>;
  /** Uploads in parts that have not ended, by their ids. */
  readonly uploads: ReadonlyMap<string, StartedUpload>;
  /** Every request that was signed properly, oldest first. */
  readonly log: readonly S3LoggedRequest[];
  /** The variables that lead the fleet here. */
  environment(prefix?: string): Record<string, string>;
  /** What goes wrong with the next requests, one a request. */
  fault(...faults: S3Fault[]): void;
  /** What goes wrong with each request from now on, until it is called with nothing; a function decides for each. */
  faultAlways(fault?: S3Fault | ((request: S3LoggedRequest) => S3Fault | undefined)): void;
}

export interface S3ServerOptions {
  /** So many entries of a list are in one answer. Default 1,000. */
  readonly pageSize?: number;
  /** Whether the account has temporary credentials. */
  readonly isTemporary?: boolean;
}

/** Starts a store on a free port of the loopback address. It refuses what is not signed by its account. */
export async function startS3Server({ pageSize = PAGE_SIZE, isTemporary }: S3ServerOptions = {}): Promise<S3Server> {
  const account = newAccount(isTemporary);
  const bucket = new Bucket();
  const log: S3LoggedRequest[] = [];
  const faults: S3Fault[] = [];
  let always: Parameters<S3Server["faultAlways"]>[0];

  const take = async (request: SignedRequest): Promise<{ answer: S3Answer; fault?: S3Fault | undefined }> => {
    try {
      await verifySignature(request, account, REGION);
      const call = callOf(request);
      const logged = { ...call, query: Object.fromEntries(call.query), bytes: call.body.length, body: undefined };
      log.push(logged);
      const fault = faults.shift() ?? (typeof always === "function" ? always(logged) : always);
      if (fault?.kind === "refuse") throw new S3Refusal(fault.status, fault.code);
      return { answer: fault && !isDone(fault) ? { status: 500 } : perform(bucket, call, pageSize), fault };
    } catch (error) {
      if (!(error instanceof S3Refusal)) throw error;
      return { answer: refused(error) };
    }
  };
  const { origin, ...controls } = await startSinkServer(async (incoming, response) => {
    const request = await receive(incoming);
    if (!request) return;
    const { answer, fault } = await take(request);
    respond(response, answer, fault);
  });
  return {
    ...controls,
    endpoint: origin,
    bucket: NAME,
    region: REGION,
    account,
    objects: bucket.objects,
    uploads: bucket.uploads,
    log,
    environment: (prefix = "fleets") => environment(origin, account, prefix),
    fault: (...next) => void faults.push(...next),
    faultAlways: (fault) => {
      always = fault;
    },
  };
}

function newAccount(isTemporary = false): S3Account {
  return {
    accessKeyId: `AKIA${randomUUID().slice(0, 8).toUpperCase()}`,
    secretAccessKey: `fake/${randomUUID()}+`,
    ...(isTemporary && { sessionToken: `fake/${randomUUID()}==` }),
  };
}

function environment(endpoint: string, account: S3Account, prefix: string): Record<string, string> {
  return {
    PIFLEET_ARTIFACTS: `s3://${NAME}/${prefix}`,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: account.accessKeyId,
    AWS_SECRET_ACCESS_KEY: account.secretAccessKey,
    ...(account.sessionToken !== undefined && { AWS_SESSION_TOKEN: account.sessionToken }),
  };
}

/** @throws {S3Refusal} when it is about another bucket */
function callOf({ method, url, headers, body }: SignedRequest): S3Call {
  const { pathname, searchParams: query } = new URL(url, "http://s3");
  const [, name, ...key] = decodeURIComponent(pathname).split("/");
  if (name !== NAME) throw new S3Refusal(404, "NoSuchBucket");
  return { method, key: key.join("/"), query, range: headers.range, body };
}

/** `undefined` when the client went away before it had sent everything. */
async function receive(incoming: IncomingMessage): Promise<SignedRequest | undefined> {
  try {
    const { method = "", url = "", headers } = incoming;
    return { method, url, headers, body: await buffer(incoming) };
  } catch {
    return undefined;
  }
}
