import { modelFetch } from "./model-fetch.ts";
import { ModelHeaders } from "./model-headers.ts";
import { ModelResponse } from "./model-response.ts";

/** Clients of models only ask whether a body is one. */
class NoFormData {}

/**
 * Makes the clients of models use `modelFetch`, or another function in its place. They find it, as they do the classes
 * that belong to it, among the globals. To be called before the first of them is loaded, because some remember what
 * they find; what they remember then is whatever is in use at the time of a request.
 */
export function useModelFetch(use: typeof modelFetch = modelFetch): void {
  fetchInUse = use;
  if (globalThis.fetch === (fetch as unknown)) return;
  const globals = { fetch, Headers: ModelHeaders, Response: ModelResponse, FormData: NoFormData };
  for (const [name, value] of Object.entries(globals)) {
    // To define a property over one of Node's own would load what it stands for, which is what is to be avoided.
    Reflect.deleteProperty(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}

let fetchInUse = modelFetch;
const fetch: typeof modelFetch = (input, options) => fetchInUse(input, options);
