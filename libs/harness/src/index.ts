/**
 * The harness as its parent sees it: which model can be reached and how, and where the runner's program is.
 * Nothing here loads Pi: that happens in the runner alone.
 */
export { availableModels } from "./available-models.ts";
export { modelAccess } from "./model-access.ts";
export { ModelNetworkError, modelNetwork, networkSecrets } from "./model-network.ts";
export { modelSecrets, modelVariables } from "./model-secrets.ts";
export { type ModelsFile, ModelsFileError, readModelsFile } from "./models-file.ts";
export { providerAccounts } from "./provider-accounts.ts";
export { PROVIDER_KEYS } from "./provider-keys.ts";
export { runnerPrograms } from "./runner-program.ts";
