import { join } from "node:path";
import { type ArtifactHolder, InvocationId } from "@pifleet/invocation";

const HOLDER = /^(?<id>inv_\w{26})-(?<attempt>\d{1,9})$/;
const SHA_256 = /^[0-9a-f]{64}$/;

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
    return join(this.contents, checked(sha256).slice(0, 2), sha256);
  }

  holder({ id, attempt }: ArtifactHolder): string {
    return join(this.holders, `${id}-${attempt}`);
  }

  /** @throws {TypeError} when it is no SHA-256 */
  held(holder: ArtifactHolder, sha256: string): string {
    return join(this.holder(holder), checked(sha256));
  }
}

/** The holder that a directory belongs to; `undefined` for what is no holder's. */
export function holderOf(name: string): ArtifactHolder | undefined {
  const { id, attempt } = HOLDER.exec(name)?.groups ?? {};
  const parsed = InvocationId.safeParse(id);
  return parsed.success ? { id: parsed.data, attempt: Number(attempt) } : undefined;
}

function checked(sha256: string): string {
  if (!SHA_256.test(sha256)) throw new TypeError("not a SHA-256 in hexadecimal");
  return sha256;
}
