import { randomBytes } from "node:crypto";

/**
 * Secrets that the services are started with, and that nothing of a run may see. Attacks print what they find backwards:
 * redaction would hide a secret that stands there as it is, and so a theft, too.
 */
export class Canaries {
  readonly providerKey = `sk-ant-api03-${secret()}`;
  readonly redisPassword = secret();

  /** The names of those that the text holds backwards. */
  foundIn(text: string): string[] {
    return Object.entries(this).flatMap(([name, value]) => (text.includes(backwards(String(value))) ? [name] : []));
  }
}

function secret(): string {
  return randomBytes(24).toString("hex");
}

function backwards(text: string): string {
  return [...text].reverse().join("");
}
