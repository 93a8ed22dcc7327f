import {
  headers,
  largeMetadata,
  largeSubmissions,
  longLists,
  openStreams,
  pausedRuns,
  silentNames,
  silentReceivers,
} from "./api.ts";
import type { Attack } from "./attack.ts";
import { binary, floods, lines, longAnswers, longWords } from "./output.ts";
import { deepDirectories, disk, forks, inspector, memory, orphans, workerKilled } from "./processes.ts";
import { database, secretsInProcesses } from "./secrets.ts";

/** Every way to do harm that we know of, and that can be made without a privilege. */
export const ATTACKS: readonly Attack[] = [
  longWords,
  longAnswers,
  floods,
  lines,
  binary,
  inspector,
  secretsInProcesses,
  database,
  headers,
  largeMetadata,
  largeSubmissions,
  longLists,
  openStreams,
  pausedRuns,
  silentReceivers,
  silentNames,
  orphans,
  deepDirectories,
  forks,
  memory,
  disk,
  workerKilled,
];
