import { Webhook } from "standardwebhooks";

/** What is signed: with its id and the time of this try, so that nobody can send it again much later. */
export interface Signed {
  readonly messageId: string;
  readonly body: string;
  readonly at: Date;
}

/**
 * The headers that Standard Webhooks asks for (https://www.standardwebhooks.com). There is one signature for each
 * secret, so that a receiver finds its own while secrets change; without a secret there is none.
 * @throws {Error} when a secret is not base64
 */
export function signedHeaders({ messageId, body, at }: Signed, secrets: readonly string[]): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(messageId, at, body));
  return {
    "webhook-id": messageId,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    ...(signatures.length > 0 && { "webhook-signature": signatures.join(" ") }),
  };
}
