import { stat } from "node:fs/promises";
import { unlessMissing } from "./system-error.ts";

/** When a file or directory was changed last, Unix milliseconds; `undefined` when there is none. */
export function modifiedAt(path: string): Promise<number | undefined> {
  return unlessMissing(
    stat(path).then(({ mtimeMs }) => mtimeMs),
    undefined,
  );
}
