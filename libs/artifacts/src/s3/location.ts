import { withoutTrailing } from "@pifleet/invocation";

/** Credentials that sign requests to S3. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** With temporary credentials. */
  readonly sessionToken?: string | undefined;
}

/** Where in which bucket objects are kept. */
export interface S3Location {
  readonly bucket: string;
  /** Prefix of all keys, without a slash at its ends. Letters, digits and `/._-` only. */
  readonly prefix: string;
  readonly region: string;
  /** The URL of a store that is not Amazon's; it is asked in path style. */
  readonly endpoint?: string | undefined;
  readonly credentials: S3Credentials;
}

/** The URL of the bucket, without a slash at its end. */
export function bucketUrl({ bucket, region, endpoint }: S3Location): string {
  if (endpoint !== undefined) return `${withoutTrailing(endpoint, "/")}/${bucket}`;
  // The certificate of the virtual hosts is good for one label.
  if (bucket.includes(".")) return `https://s3.${region}.amazonaws.com/${bucket}`;
  return `https://${bucket}.s3.${region}.amazonaws.com`;
}
