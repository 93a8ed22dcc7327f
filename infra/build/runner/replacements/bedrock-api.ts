import { lazyApi } from "@earendil-works/pi-ai/api/lazy";
import { requireBeside } from "./require-beside.ts";

/** Bedrock's API, loaded from the file beside the runner that holds it with the SDK of AWS. */
export const bedrockConverseStreamApi = () => lazyApi(async () => requireBeside("bedrock.cjs"));
