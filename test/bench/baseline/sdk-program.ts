import { join } from "node:path";
import { createAgentSession, ModelRuntime, SessionManager, SettingsManager } from "@earendil-works/pi-coding-agent";
import { programArguments } from "../processes/program-arguments.ts";

// Pi's SDK in one process that serves every prompt: what one gets who gives up all isolation. Runs share memory, working
// directory, environment and fate.
const agentDir = programArguments<string>();
process.env.PI_OFFLINE = "1";
const modelRuntime = await ModelRuntime.create({ modelsPath: join(agentDir, "models.json") });
const model = modelRuntime.getModel("fake", "test");

async function run(prompt: string): Promise<void> {
  const { session } = await createAgentSession({
    cwd: agentDir,
    agentDir,
    modelRuntime,
    ...(model && { model }),
    sessionManager: SessionManager.inMemory(agentDir),
    settingsManager: SettingsManager.inMemory({}, { projectTrusted: false }),
  });
  await session.prompt(prompt);
  session.dispose();
}

process.on("message", async ({ id, prompt }: { id: number; prompt: string }) => {
  await run(prompt);
  process.send?.(id);
});
process.send?.("ready");
