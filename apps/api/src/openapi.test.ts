import {
  Delivery,
  Event,
  FleetModel,
  InvocationRecord,
  LoggedEvent,
  Problem,
  Span,
  Status,
  Submission,
  Webhook,
  WorkerPresence,
} from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { Contract } from "@pifleet/testkit/contract";
import { describe, expect, it } from "vitest";
import { EXAMPLES } from "./openapi-examples.ts";
import { startApi } from "./testing/api.ts";

interface Media {
  readonly example?: unknown;
  readonly schema?: { readonly $ref?: string };
}

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: string[];
  readonly parameters?: (Media & { readonly in: string; readonly name: string })[];
  readonly requestBody?: { content?: Record<string, Media> };
  readonly responses: Record<string, { content?: Record<string, Media> }>;
}

async function description() {
  const api = await startApi(createMemoryBackend({ retentionMs: 60_000 }));
  const text = await (await api.get("/openapi.json")).text();
  return { text, document: JSON.parse(text) };
}

describe("the description of the API", () => {
  it("is OpenAPI 3.1 and has every route", async () => {
    const { document } = await description();
    expect(document.openapi).toBe("3.1.0");
    const routes = Object.entries<object>(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
    expect(routes.sort()).toEqual([
      "delete /v1/webhooks/{id}",
      "get /livez",
      "get /metrics",
      "get /openapi.json",
      "get /readyz",
      "get /v1/deliveries",
      "get /v1/deliveries/{id}",
      "get /v1/invocations",
      "get /v1/invocations/{id}",
      "get /v1/invocations/{id}/artifacts",
      "get /v1/invocations/{id}/artifacts/{path}",
      "get /v1/invocations/{id}/events",
      "get /v1/invocations/{id}/trace",
      "get /v1/models",
      "get /v1/queue",
      "get /v1/webhooks",
      "get /v1/webhooks/{id}",
      "get /v1/webhooks/{id}/deliveries",
      "get /v1/workers",
      "patch /v1/webhooks/{id}",
      "post /v1/deliveries/{id}/redeliver",
      "post /v1/invocations",
      "post /v1/invocations/batch",
      "post /v1/invocations/{id}/cancel",
      "post /v1/invocations/{id}/pause",
      "post /v1/invocations/{id}/resume",
      "post /v1/invocations/{id}/retry",
      "post /v1/queue/pause",
      "post /v1/queue/resume",
      "post /v1/webhooks",
      "post /v1/webhooks/{id}/redeliver",
    ]);
  });

  it("names, tags and summarises every operation, and gives its errors as problems", async () => {
    const { document } = await description();
    const operations = Object.values<Record<string, Operation>>(document.paths).flatMap(Object.values<Operation>);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { operationId, summary, tags, responses } of operations) {
      expect([operationId, summary, tags?.length]).toEqual([expect.any(String), expect.any(String), 1]);
      const errors = Object.entries(responses).filter(([status]) => Number(status) >= 400);
      for (const [, { content }] of errors) expect(Object.keys(content ?? {})).toEqual(["application/problem+json"]);
    }
  });

  it("refers only to what it holds, and holds only what it refers to, each with an example", async () => {
    const { text, document } = await description();
    const referred = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
    const held = Object.keys(document.components.schemas);
    expect([...referred].sort()).toEqual(held.sort());
    // One alternative of an event or a status is no example of all the others.
    const shown = held.filter(
      (name) => name === "InvocationSummary" || !/.(Event|Invocation|InvocationSummary)$/.test(name),
    );
    expect(shown.sort()).toEqual(Object.keys(EXAMPLES).sort());
    for (const name of shown) expect(document.components.schemas[name].examples).toHaveLength(1);
  });

  it("shows with every route what is sent, in its path too, and what comes back", async () => {
    const { document } = await description();
    const isShown = ({ example, schema }: Media): boolean => {
      const name = schema?.$ref?.split("/").at(-1);
      return example !== undefined || (name !== undefined && document.components.schemas[name].examples !== undefined);
    };
    const bare = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { parameters = [], requestBody, responses }]) => {
        const contents = [requestBody, ...Object.values(responses)].flatMap((one) =>
          Object.entries(one?.content ?? {}),
        );
        const inPath = parameters.filter((parameter) => parameter.in === "path");
        return [...contents, ...inPath.map((parameter) => [parameter.name, parameter] as const)]
          .filter(([, media]) => !isShown(media))
          .map(([what]) => `${method} ${path}: ${what}`);
      }),
    );
    expect(bare).toEqual([]);
  });

  it("tells events apart by their type, each with its id", async () => {
    const { document } = await description();
    const { oneOf, anyOf, discriminator } = document.components.schemas.Event;
    expect(anyOf).toBeUndefined();
    expect(discriminator.propertyName).toBe("type");
    expect(discriminator.mapping["tool.ended"]).toBe("#/components/schemas/ToolEndedEvent");
    expect(Object.keys(discriminator.mapping).sort()).toEqual(
      Event.options.map(({ shape }) => shape.type.value).sort(),
    );
    for (const { $ref } of oneOf)
      expect(document.components.schemas[$ref.split("/").at(-1)].required).toEqual(
        expect.arrayContaining(["id", "at"]),
      );
    expect(document.components.schemas.ToolEndedEvent.properties.exitCode.type).toBe("integer");
  });

  it("tells invocations apart by their status, and says what each has and what it cannot have", async () => {
    const { document } = await description();
    const { schemas } = document.components;
    for (const name of ["Invocation", "InvocationSummary"]) {
      expect(schemas[name].discriminator.propertyName).toBe("status");
      expect(Object.keys(schemas[name].discriminator.mapping).sort()).toEqual([...Status.options].sort());
    }
    expect(schemas.SucceededInvocation.properties.output.type).toBe("string");
    expect(schemas.FailedInvocation.properties.error.type).toBe("object");
    const contract = new Contract(document);
    const check = (record: object) => () => {
      const answer = { status: 200, type: "application/json", text: JSON.stringify(record) };
      contract.check("GET", `/v1/invocations/${EXAMPLES.Invocation.id}`, answer);
    };
    const { endedAt: _, ...unended } = EXAMPLES.Invocation;
    expect(check(EXAMPLES.Invocation)).not.toThrow();
    expect(check({ ...EXAMPLES.Invocation, output: null })).toThrow(/not as described/);
    expect(check({ ...EXAMPLES.Invocation, status: "running" })).toThrow(/not as described/);
    expect(check(unended)).toThrow(/not as described/);
  });

  it("shows what a transition answers with", async () => {
    const { document } = await description();
    const answer = document.paths["/v1/invocations/{id}/pause"].post.responses["202"].content["application/json"];
    expect(answer.schema).toEqual({ $ref: "#/components/schemas/Invocation" });
    expect(InvocationRecord.parse(answer.example)).toMatchObject({ status: "paused" });
  });
});

it.each([
  ["Submission", Submission],
  ["Invocation", InvocationRecord],
  ["Event", LoggedEvent],
  ["Worker", WorkerPresence],
  ["Model", FleetModel],
  ["Span", Span],
  ["Problem", Problem],
  ["Webhook", Webhook],
  ["Delivery", Delivery],
] as const)("the example of a schema fits it: %s", (name, schema) => {
  expect(schema.safeParse(EXAMPLES[name]).error).toBeUndefined();
});
