import * as z from "zod";
import { FilePath } from "./file-path.ts";

/** A file that an invocation has left in the directory `outputs` of its workspace. */
export const Artifact = z
  .object({
    path: FilePath.describe("Below outputs, with / between directories"),
    bytes: z.int().nonnegative(),
    sha256: z.string().describe("Of its content, in hexadecimal"),
  })
  .meta({ id: "Artifact" });
export type Artifact = z.infer<typeof Artifact>;

/** The directory of a workspace whose files are kept. The run makes it when it needs it. */
export const OUTPUTS = "outputs";

/** How much of one invocation is kept. */
export interface ArtifactLimits {
  readonly files: number;
  /** Of one file. */
  readonly fileBytes: number;
  /** Of all files together. */
  readonly totalBytes: number;
}
