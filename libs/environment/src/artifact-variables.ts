import { isAbsolute, join } from "node:path";
import * as z from "zod";
import { temporaryDirectory } from "./variables.ts";

const SCHEME = "s3://";
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const SEGMENT = /^\w[\w.-]*$/;
const DEFAULT_REGION = "us-east-1";

/** Where artifacts are kept, and what a bucket is reached with; those of AWS mean what they mean to its own programs. */
export const ARTIFACT_VARIABLES = {
  PIFLEET_ARTIFACTS: z
    .string()
    .refine(isPlace, "must be an absolute path, or a bucket as s3://bucket/prefix")
    .default(temporaryDirectory("pifleet-artifacts")),
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_SESSION_TOKEN: z.string().optional(),
  AWS_REGION: z.string().optional(),
  AWS_DEFAULT_REGION: z.string().optional(),
  AWS_ENDPOINT_URL_S3: z.string().optional(),
  AWS_ENDPOINT_URL: z.string().optional(),
};

type Variables = z.infer<z.ZodObject<typeof ARTIFACT_VARIABLES>>;
type Name = keyof Variables;

/** A directory, or a part of a bucket. */
export type ArtifactPlace =
  | { readonly kind: "directory"; readonly directory: string }
  | {
      readonly kind: "s3";
      readonly bucket: string;
      /** Prefix of all keys. */
      readonly prefix: string;
      readonly region: string;
      /** The URL of a store that is not Amazon's. */
      readonly endpoint?: string;
      readonly credentials: {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken?: string;
      };
    };

/** Adds an issue when artifacts are kept in a bucket and something that it needs is missing or wrong. */
export function checkArtifactVariables(variables: Variables, context: z.RefinementCtx): void {
  if (!parseBucket(variables.PIFLEET_ARTIFACTS)) return;
  const fault = (name: Name, message: string) => context.addIssue({ code: "custom", path: [name], message });
  const needed = "must be set when PIFLEET_ARTIFACTS is a bucket";
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const)
    if (variables[name] === undefined) fault(name, needed);
  for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION"] as const)
    if (!/^[\w-]*$/.test(variables[name] ?? "")) fault(name, "must be a region such as eu-central-1");
  for (const name of ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"] as const)
    if (!isEndpoint(variables[name]))
      fault(name, "must be a URL that begins with http:// or https://, without a query");
  if (endpointOf(variables) === undefined && regionOf(variables) === undefined)
    fault("AWS_REGION", `${needed} of Amazon's; for another store, set AWS_ENDPOINT_URL_S3`);
}

/**
 * The place that checked variables tell.
 * @param fleet what tells the fleets apart that share it
 */
export function artifactPlace(variables: Variables, fleet: string): ArtifactPlace {
  const { PIFLEET_ARTIFACTS: place, AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "", AWS_SESSION_TOKEN } = variables;
  const { bucket, prefix } = parseBucket(place) ?? {};
  if (bucket === undefined) return { kind: "directory", directory: join(place, fleet) };
  const endpoint = endpointOf(variables);
  return {
    kind: "s3",
    bucket,
    prefix: prefix ? `${prefix}/${fleet}` : fleet,
    region: regionOf(variables) ?? DEFAULT_REGION,
    ...(endpoint !== undefined && { endpoint }),
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN !== undefined && { sessionToken: AWS_SESSION_TOKEN }),
    },
  };
}

function isPlace(text: string): boolean {
  return isAbsolute(text) || parseBucket(text) !== undefined;
}

function isEndpoint(text: string | undefined): boolean {
  if (text === undefined) return true;
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && !(url.search || url.hash || url.username || url.password);
}

function endpointOf({ AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL }: Variables): string | undefined {
  return AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL;
}

function regionOf({ AWS_REGION, AWS_DEFAULT_REGION }: Variables): string | undefined {
  return AWS_REGION ?? AWS_DEFAULT_REGION;
}

/** The parts of `s3://bucket/prefix`; `undefined` for anything else. */
function parseBucket(text: string): { bucket: string; prefix?: string } | undefined {
  if (!text.startsWith(SCHEME)) return undefined;
  const path = text.slice(SCHEME.length);
  const [bucket = "", ...segments] = (path.endsWith("/") ? path.slice(0, -1) : path).split("/");
  if (!BUCKET.test(bucket) || !segments.every((segment) => SEGMENT.test(segment))) return undefined;
  return { bucket, ...(segments.length > 0 && { prefix: segments.join("/") }) };
}
