import { EXAMPLES } from "./openapi-examples.ts";

const { Invocation, Event, Artifact, Webhook, Delivery } = EXAMPLES;

/** What an operation answers with that is no JSON, by the operation's id. */
export const TEXT_EXAMPLES: Readonly<Record<string, string>> = {
  followInvocation: `id: ${Event.id}\nevent: ${Event.type}\ndata: ${JSON.stringify(Event)}\n\n`,
  downloadArtifact: "# Review\n\nThe file exports one constant, and nothing is wrong with it.\n",
  getMetrics: "# HELP pifleet_workers Workers that are alive\n# TYPE pifleet_workers gauge\npifleet_workers 2\n",
};

/** The parameters of paths, each by the path that ends with it. */
export const PATH_EXAMPLES: Readonly<Record<string, string>> = {
  "/v1/invocations/{id}": Invocation.id,
  "/v1/invocations/{id}/artifacts/{path}": Artifact.path,
  "/v1/webhooks/{id}": Webhook.id,
  "/v1/deliveries/{id}": Delivery.id,
};
