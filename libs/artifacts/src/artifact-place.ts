import type { ArtifactStore } from "@pifleet/invocation";
import { createDirectoryStore } from "./directory-store.ts";
import type { S3Location } from "./s3/location.ts";
import { createS3Store } from "./s3/s3-store.ts";

/** Where artifacts are kept. */
export type ArtifactPlace =
  | { readonly kind: "directory"; readonly directory: string }
  | ({ readonly kind: "s3" } & S3Location);

/** The store of the artifacts at a place. Nothing is opened or asked before it is used. */
export function createArtifactStore(place: ArtifactPlace): ArtifactStore {
  return place.kind === "s3" ? createS3Store(place) : createDirectoryStore(place.directory);
}
