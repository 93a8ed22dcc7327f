import type { Scripts } from "../scripting/scripts.ts";

/** Whether more invocations have a place than the workers that are alive run at once. */
export async function isCrowded(scripts: Scripts): Promise<boolean> {
  const { admitted, workers } = scripts.keys;
  return (await scripts.run("is-crowded", [admitted, workers], [])) === 1;
}
