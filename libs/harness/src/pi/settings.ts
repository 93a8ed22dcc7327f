import { SettingsManager } from "@earendil-works/pi-coding-agent";

/** Pi waits 0.5, 1 and 2 s: a provider that refuses for longer ends the attempt, and the fleet decides about another. */
const RETRY = { enabled: true, maxRetries: 3, baseDelayMs: 500, maxAgentDelayMs: 4_000 };

/**
 * Pi's settings for a run without a person: nothing from disk, nothing sent home, no time limits of Pi's own, because
 * the executor has deadlines for the first byte, for idleness and for the whole.
 */
export function runnerSettings(): SettingsManager {
  return SettingsManager.inMemory(
    {
      retry: { ...RETRY, provider: { maxRetries: 0 } },
      compaction: { enabled: true },
      cacheWarming: "off",
      httpIdleTimeoutMs: 0,
      enableInstallTelemetry: false,
      enableAnalytics: false,
      quietStartup: true,
    },
    // Otherwise Pi would run `.pi/extensions` of the workspace and read its SYSTEM.md.
    { projectTrusted: false },
  );
}
