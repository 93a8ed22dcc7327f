import { join } from "node:path";
import type { ArtifactHolder } from "@pifleet/invocation";
import { holderName } from "./holder-name.ts";
import { checkedSha256 } from "./sha256.ts";

/**
 * Where things are in the directory of a store:
 * - `incoming/<random>.draft` what is being put;
 * - `contents/<first two digits>/<sha-256>` one file for each content;
 * - `holders/<invocation>-<attempt>/<sha-256>` another name (hard link) of it for each holder. So the file system counts
 *   who has it, and a content that a holder has cannot vanish, whatever else is removed.
 */
export class Layout {
  readonly incoming: string;
  readonly holders: string;
  readonly contents: string;

  constructor(root: string) {
    this.incoming = join(root, "incoming");
    this.holders = join(root, "holders");
    this.contents = join(root, "contents");
  }

  /** @throws {TypeError} when it is no SHA-256 */
  content(sha256: string): string {
    return join(this.contents, checkedSha256(sha256).slice(0, 2), sha256);
  }

  holder(holder: ArtifactHolder): string {
    return join(this.holders, holderName(holder));
  }

  /** @throws {TypeError} when it is no SHA-256 */
  held(holder: ArtifactHolder, sha256: string): string {
    return join(this.holder(holder), checkedSha256(sha256));
  }
}
