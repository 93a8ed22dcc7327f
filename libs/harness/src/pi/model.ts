import { type Api, InMemoryCredentialStore, InMemoryModelsStore, type Model } from "@earendil-works/pi-ai";
import { ModelRuntime } from "@earendil-works/pi-coding-agent";
import type { ErrorCode, HarnessFailure, RunnerTask } from "@pifleet/invocation";
import { DEMO_PROVIDER } from "../model-access.ts";
import { ProviderEntry } from "../models-file.ts";
import { demoModel } from "./demo-model.ts";
import { modelDefinition } from "./model-definition.ts";
import { wantProvider } from "./wanted-provider.ts";

/** A model that can be prompted, and what Pi needs to do so. */
export interface ReachableModel {
  readonly kind: "ready";
  readonly model: Model<Api>;
  readonly modelRuntime: ModelRuntime;
}

/** Makes the task's model known to Pi, with its key, in memory. */
export async function reachModel(
  task: RunnerTask,
): Promise<ReachableModel | { kind: "failure"; failure: HarnessFailure }> {
  const modelRuntime = await createModelRuntime(task);
  if (task.provider === DEMO_PROVIDER) modelRuntime.registerNativeProvider(demoModel());
  if (task.providerConfig) register(modelRuntime, task, ProviderEntry.parse(task.providerConfig));
  const model = modelRuntime.getModel(task.provider, task.model);
  if (!model) return failure("model_not_found", `Provider '${task.provider}' has no model '${task.model}'`);
  if (await modelRuntime.checkAuth(task.provider)) return { kind: "ready", model, modelRuntime };
  return failure(
    "provider_auth",
    `Provider '${task.provider}' is not configured completely: a key or a setting is missing`,
  );
}

function failure(code: ErrorCode, message: string): { kind: "failure"; failure: HarnessFailure } {
  return { kind: "failure", failure: { code, message } };
}

async function createModelRuntime({ provider, apiKey, providerEnvironment }: RunnerTask): Promise<ModelRuntime> {
  wantProvider(provider);
  const credentials = new InMemoryCredentialStore();
  if (apiKey !== undefined) {
    await credentials.modify(provider, async () => ({ type: "api_key", key: apiKey, env: providerEnvironment }));
  }
  return ModelRuntime.create({
    credentials,
    modelsPath: null,
    modelsStore: new InMemoryModelsStore(),
    refreshOnCreate: false,
  });
}

/** Registers the one model that this runner will use, as the deployment's models file defines it. */
function register(modelRuntime: ModelRuntime, { provider, model: id }: RunnerTask, entry: ProviderEntry): void {
  const model = modelDefinition(id, provider, entry, modelRuntime.getModels(provider));
  if (!model) return;
  const headers = {
    ...entry.headers,
    ...entry.models?.find((definition) => definition.id === id)?.headers,
    ...entry.modelOverrides?.[id]?.headers,
  };
  modelRuntime.registerProvider(provider, {
    name: entry.name,
    baseUrl: model.baseUrl,
    api: model.api,
    headers: Object.keys(headers).length > 0 ? headers : undefined,
    authHeader: entry.authHeader,
    models: [model],
  });
}
