import { SettingsManager } from "@earendil-works/pi-coding-agent";

/**
 * Pi asks again three times, after this, twice and four times as long: a provider that refuses for longer ends the
 * attempt, and the fleet decides about another.
 */
export const RETRY_DELAY_MS = 500;
const MAX_RETRIES = 3;

/**
 * Pi's settings for a run without a person: nothing from disk, nothing sent home, no time limits of Pi's own, because
 * the executor has deadlines for the first byte, for idleness and for the whole.
 */
export function runnerSettings(retryDelayMs: number): SettingsManager {
  return SettingsManager.inMemory(
    {
      retry: { enabled: true, maxRetries: MAX_RETRIES, baseDelayMs: retryDelayMs, provider: { maxRetries: 0 } },
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
