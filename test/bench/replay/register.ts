import { substitute } from "../substitution.ts";

// Loaded into a worker ahead of everything (`node --import`), this lets its runners replay a run in place of making one.
substitute({ "libs/runtime/src/spawn-runner.ts": import.meta.resolve("./spawn-runner.ts") });
