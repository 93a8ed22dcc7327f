import { substitute } from "../substitution.ts";

// Loaded into an API or a worker ahead of everything (`node --import`), this leaves out of it all that traces: no span
// is made, journaled, kept or sent. There is no such switch in the product; the benchmark needs the difference.
substitute({
  "libs/tracing/src/span-recorder.ts": import.meta.resolve("./span-recorder.ts"),
  "libs/tracing/src/submission-spans.ts": import.meta.resolve("./submission-spans.ts"),
  "libs/redis/src/spans/span-encoding.ts": import.meta.resolve("./span-encoding.ts"),
  "libs/execution/src/trace-delivery.ts": import.meta.resolve("./trace-delivery.ts"),
});
