import { SettingsManager } from "@earendil-works/pi-coding-agent";

/**
 * Pi's settings for a run without a person: nothing from disk, nothing sent home, no time limits of Pi's own, because
 * the executor has deadlines for the first byte, for idleness and for the whole; and no retries of Pi's own, because
 * `ModelRequests` makes failed requests again.
 */
export function runnerSettings(): SettingsManager {
  return SettingsManager.inMemory(
    {
      retry: { enabled: false, provider: { maxRetries: 0 } },
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
