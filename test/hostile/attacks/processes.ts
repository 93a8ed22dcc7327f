import { runs } from "../agent.ts";
import { type Attack, LIMITS, submitted } from "./attack.ts";

/** The process that has started the runner. */
const WORKER = "$(cut -d' ' -f4 /proc/$PPID/stat)";

export const workerKilled: Attack = {
  name: "worker-killed",
  strike: (scene) =>
    submitted(scene, { input: runs(`kill -9 ${WORKER}; sleep 5`), limits: { ...LIMITS, maxAttempts: 20 } }),
};

export const inspector: Attack = {
  name: "inspector",
  strike: (scene) =>
    submitted(scene, {
      input: runs(`kill -USR1 $PPID ${WORKER}; sleep 1; (echo > /dev/tcp/127.0.0.1/9229) && echo open`),
    }),
};

/** Bounded, so that a machine without limits survives it too. */
export const forks: Attack = {
  name: "forks",
  strike: (scene) => submitted(scene, { input: runs("for i in $(seq 1 1500); do sleep 20 & done; wait") }),
};

export const memory: Attack = {
  name: "memory",
  strike: (scene) => submitted(scene, { input: runs("head -c 3000000000 /dev/zero | tail -c 2900000000 | wc -c") }),
};

export const disk: Attack = {
  name: "disk",
  strike: (scene) => submitted(scene, { input: runs("head -c 5000000000 /dev/zero > large; sleep 3; ls -l") }),
};

export const deepDirectories: Attack = {
  name: "deep-directories",
  strike: (scene) =>
    submitted(scene, {
      input: runs(
        "for i in $(seq 1 400); do mkdir aaaaaaaaaaaaaaaaaaaaaaaa && cd aaaaaaaaaaaaaaaaaaaaaaaa; done; touch f",
      ),
    }),
};

export const orphans: Attack = {
  name: "orphans",
  strike: (scene) =>
    submitted(scene, {
      input: runs("trap '' TERM; for i in 1 2 3 4 5; do setsid sleep 600 >/dev/null 2>&1 & done; echo begun"),
    }),
};
