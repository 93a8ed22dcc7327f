import { describeRuntime } from "../conformance/runtime.ts";
import { actOut } from "./action.ts";
import { ScriptedRuntime } from "./scripted-runtime.ts";

describeRuntime("the scripted runtime", async () => new ScriptedRuntime(actOut));
