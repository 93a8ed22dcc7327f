export { sampleInvocation } from "./invocation.ts";
export { sampleSpan } from "./span.ts";
