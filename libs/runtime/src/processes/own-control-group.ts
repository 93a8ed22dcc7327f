import { readFileSync } from "node:fs";
import { join } from "node:path";

let found: { readonly path: string | undefined } | undefined;

/**
 * The directory of the control group (version 2) that this process is in; `undefined` where it cannot be seen. Looked
 * up once: nobody moves a worker while it works.
 */
export function ownControlGroup(): string | undefined {
  found ??= { path: lookUp() };
  return found.path;
}

function lookUp(): string | undefined {
  const path = /^0::(\/.*)$/m.exec(contents("/proc/self/cgroup"))?.[1];
  const mount = controlGroupMount();
  if (path === undefined || mount === undefined) return undefined;
  if (mount.root === "/") return join(mount.point, path);
  // Only a part of the hierarchy is mounted, as in a container without a control group namespace.
  if (path !== mount.root && !path.startsWith(`${mount.root}/`)) return undefined;
  return join(mount.point, path.slice(mount.root.length));
}

/** See proc_pid_mountinfo(5): the fields before the dash are id, parent, device, root, mount point, options, … */
function controlGroupMount(): { root: string; point: string } | undefined {
  const line = contents("/proc/self/mountinfo")
    .split("\n")
    .find((candidate) => candidate.includes(" - cgroup2 "));
  const [, , , root, point] = line?.split(" ") ?? [];
  return root !== undefined && point !== undefined ? { root, point } : undefined;
}

function contents(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not Linux, or /proc is hidden: there is nothing to see.
    return "";
  }
}
