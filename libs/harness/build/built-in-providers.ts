import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { builtinProviders } from "@earendil-works/pi-ai/providers/all";

/**
 * The text of a module that stands in for Pi's list of all providers: it knows them all by their ids, and makes the one
 * that the harness wants. What belongs to the others is never looked at.
 * @param wanted the path of the harness's module that says which one that is
 */
export async function builtInProvidersModule(wanted: string): Promise<string> {
  const cases = (await findProviders()).map(
    ({ id, file, factory }) => `  ${JSON.stringify(id)}: () => require(${JSON.stringify(file)}).${factory}(),`,
  );
  return `
import { createModels } from "@earendil-works/pi-ai";
import { wantedProvider } from ${JSON.stringify(wanted)};
const PROVIDERS = {
${cases.join("\n")}
};
export function builtinProviders() {
  const id = wantedProvider();
  return id !== undefined && Object.hasOwn(PROVIDERS, id) ? [PROVIDERS[id]()] : [];
}
export function getBuiltinModelDataGeneratedAt() {}
function absent() {
  throw new Error("The list of all models was cut away from the runner: it has those of its own provider");
}
export const builtinModels = createModels;
export { absent as getBuiltinModel, absent as getBuiltinModels, absent as getBuiltinProviders };
`;
}

interface ProviderModule {
  readonly id: string;
  readonly file: string;
  /** The function of the module that makes the provider. */
  readonly factory: string;
}

/** Which module makes which of Pi's providers. @throws when one is not found: Pi has changed how it keeps them */
async function findProviders(): Promise<ProviderModule[]> {
  const directory = dirname(fileURLToPath(import.meta.resolve("@earendil-works/pi-ai/providers/all")));
  const names = (await readdir(directory)).filter((name) => /^[\w-]+\.js$/.test(name) && name !== "all.js");
  const found = (await Promise.all(names.map((name) => providerOf(join(directory, name))))).flat();
  for (const { id } of builtinProviders()) {
    if (!found.some((module) => module.id === id)) throw new Error(`No module of Pi makes the provider '${id}'`);
  }
  return found;
}

async function providerOf(file: string): Promise<ProviderModule[]> {
  const exported: Record<string, unknown> = await import(file);
  return Object.entries(exported).flatMap(([factory, make]) => {
    const makes = typeof make === "function" && factory.endsWith("Provider") && !/^faux|Images/.test(factory);
    return makes ? [{ id: String(make().id), file, factory }] : [];
  });
}
