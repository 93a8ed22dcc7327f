import { describe } from "vitest";
import { describeAttempts } from "./attempt-conformance.ts";
import { describeCancelling } from "./cancel-conformance.ts";
import type { MakeBackend } from "./make-backend.ts";
import { describeRecords } from "./record-conformance.ts";

/** What every `InvocationStore` keeps to. */
export function describeStoreConformance(name: string, makeBackend: MakeBackend): void {
  describe(`the invocation store ${name}`, () => {
    describeRecords(makeBackend);
    describeAttempts(makeBackend);
    describeCancelling(makeBackend);
  });
}
