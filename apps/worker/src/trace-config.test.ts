import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

const COLLECTOR = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318/" };

describe("the standard variables of OpenTelemetry", () => {
  it("take booleans and words in any case", () => {
    expect(readConfig({ ...COLLECTOR, OTEL_SDK_DISABLED: "TRUE" }).traces.isDisabled).toBe(true);
    expect(readConfig({ ...COLLECTOR, OTEL_SDK_DISABLED: "False" }).traces.isDisabled).toBe(false);
    expect(readConfig({ OTEL_TRACES_SAMPLER: "Always_Off" }).traces.sampling).toBe("never");
    expect(() => readConfig({ OTEL_SDK_DISABLED: "yes" })).toThrow("OTEL_SDK_DISABLED must be true or false");
  });

  it("give the resource attributes, percent-encoded, and the name of the service among them", () => {
    const OTEL_RESOURCE_ATTRIBUTES = "deployment.environment=prod,team=caf%C3%A9,service.name=agents";
    const { traces } = readConfig({ OTEL_RESOURCE_ATTRIBUTES });
    expect(traces.resource).toEqual({ "deployment.environment": "prod", team: "café" });
    expect(traces.serviceName).toBe("agents");
    expect(readConfig({ OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME: "own" }).traces.serviceName).toBe("own");
    expect(readConfig({}).traces.serviceName).toBe("pi-fleet");
    expect(() => readConfig({ OTEL_RESOURCE_ATTRIBUTES: "prod" })).toThrow(
      "OTEL_RESOURCE_ATTRIBUTES must be name=value",
    );
  });

  it("switch the deployment's exporter off, and leave those of invocations alone", () => {
    expect(readConfig({ ...COLLECTOR, OTEL_TRACES_EXPORTER: "otlp" }).traces.collector).toBeDefined();
    const { traces } = readConfig({ ...COLLECTOR, OTEL_TRACES_EXPORTER: "none" });
    expect(traces.collector).toBeUndefined();
    expect(traces.isDisabled).toBe(false);
    expect(() => readConfig({ OTEL_TRACES_EXPORTER: "zipkin" })).toThrow("OTEL_TRACES_EXPORTER must be otlp or none");
  });

  it("are refused or named at the start where they are not supported", () => {
    expect(() => readConfig({ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })).toThrow("http/protobuf, the only protocol");
    const environment = { ...COLLECTOR, OTEL_BSP_MAX_QUEUE_SIZE: "1", OTEL_LOG_LEVEL: "", PIFLEET_CONCURENCY: "1" };
    expect(readConfig(environment).unknownVariables).toEqual([
      { variable: "PIFLEET_CONCURENCY", meant: "PIFLEET_CONCURRENCY" },
      { variable: "OTEL_BSP_MAX_QUEUE_SIZE", meant: undefined },
    ]);
  });
});
