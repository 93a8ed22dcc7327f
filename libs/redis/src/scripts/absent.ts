import type { InvocationId } from "@pifleet/invocation";
import type { Scripts } from "../scripts.ts";

/** Which of these wait neither for their turn nor for their time. */
export async function absent(scripts: Scripts, ids: readonly InvocationId[]): Promise<InvocationId[]> {
  if (ids.length === 0) return [];
  const { scheduled, indexPrefix, recordPrefix } = scripts.keys;
  return (await scripts.run("absent", [scheduled], [indexPrefix, recordPrefix, ...ids])) as InvocationId[];
}
