import { lazyApi } from "@earendil-works/pi-ai/api/lazy";
import { requireBeside } from "./require-beside.ts";

type Bedrock = typeof import("@earendil-works/pi-ai/bedrock-provider");

/** Bedrock's API, loaded from the file beside the runner that holds it with the SDK of AWS. */
export const bedrockConverseStreamApi = () =>
  lazyApi(async () => requireBeside<Bedrock>("bedrock.cjs").bedrockProviderModule);
