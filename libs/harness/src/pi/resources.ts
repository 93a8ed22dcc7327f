import { createExtensionRuntime, type ResourceLoader } from "@earendil-works/pi-coding-agent";

/**
 * All that Pi would look for on disk, answered from memory: the instructions as the only AGENTS.md, and nothing else.
 * As nothing is ever read, neither a file of the host nor one that a tool has left in the workspace can reach the agent.
 */
export function inMemoryResources(instructions: string | undefined, workspace: string): ResourceLoader {
  const agentsFiles = instructions ? [{ path: `${workspace}/AGENTS.md`, content: instructions }] : [];
  const extensions = { extensions: [], errors: [], runtime: createExtensionRuntime() };
  return {
    getExtensions: () => extensions,
    getSkills: () => ({ skills: [], diagnostics: [] }),
    getPrompts: () => ({ prompts: [], diagnostics: [] }),
    getThemes: () => ({ themes: [], diagnostics: [] }),
    getAgentsFiles: () => ({ agentsFiles }),
    getSystemPrompt: () => undefined,
    getSystemPromptSource: () => undefined,
    getAppendSystemPrompt: () => [],
    getAppendSystemPromptSources: () => [],
    extendResources: () => undefined,
    reload: () => Promise.resolve(),
  };
}
