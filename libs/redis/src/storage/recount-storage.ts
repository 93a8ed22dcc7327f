import type { Scripts } from "../scripting/scripts.ts";

/** One script looks at so many invocations at most: while it runs nobody else is served. */
const AT_ONCE = 200;

/** Counts what a tenant stores once more; returns by how many bytes the sum was wrong. */
export async function recountStorage(scripts: Scripts, tenant: string): Promise<number> {
  const { indexPrefix, recordPrefix, eventsPrefix, spansPrefix, journalPrefix } = scripts.keys;
  const args = [indexPrefix, recordPrefix, eventsPrefix, spansPrefix, journalPrefix, tenant, AT_ONCE];
  for (;;) {
    const [isDone, wrong] = (await scripts.run("recount-storage", [], args)) as [number, number];
    if (isDone === 1) return wrong;
  }
}
