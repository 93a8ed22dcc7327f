export { createArtifactStore } from "./artifact-place.ts";
