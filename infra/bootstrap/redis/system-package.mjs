import { existsSync } from "node:fs";
import { chmod, rm, writeFile } from "node:fs/promises";
import { captured } from "../captured.mjs";

const APT = "/usr/bin/apt-get";
const POLICY = "/usr/sbin/policy-rc.d";

/** Whether a package can be had without asking: on Debian and its kin, as root. */
export function canInstallServer() {
  return process.getuid?.() === 0 && existsSync(APT);
}

/**
 * Installs the system's own Redis. Its package would start a service on port 6379, now and at every boot; what we
 * install starts nothing.
 * @param {AbortSignal} signal
 */
export async function installServer(signal) {
  const forbidden = !existsSync(POLICY);
  if (forbidden) await forbidServices();
  try {
    let result = await apt(["install", "--yes", "--no-install-recommends", "redis-server"], signal);
    if (!result.ok) {
      // A fresh machine has no package lists.
      await apt(["update"], signal);
      result = await apt(["install", "--yes", "--no-install-recommends", "redis-server"], signal);
    }
    if (result.ok && existsSync("/run/systemd/system")) {
      await captured("systemctl", ["disable", "redis-server"], { signal });
    }
    return result;
  } finally {
    if (forbidden) await rm(POLICY, { force: true });
  }
}

/** Packages ask this program before they start a service; 101 says no. */
async function forbidServices() {
  await writeFile(POLICY, "#!/bin/sh\nexit 101\n");
  await chmod(POLICY, 0o755);
}

/** @param {string[]} args @param {AbortSignal} signal */
function apt(args, signal) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return captured(APT, ["-q", "-o", "DPkg::Lock::Timeout=120", ...args], { signal, env });
}
