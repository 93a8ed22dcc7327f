import { describe } from "vitest";
import { describeBreakers } from "./breaker-conformance.ts";
import { describeCancelling } from "./cancel-conformance.ts";
import { describeFence } from "./fence-conformance.ts";
import type { MakeBackend } from "./make-backend.ts";
import { describePausing } from "./pause-conformance.ts";
import { describeRecords } from "./record-conformance.ts";
import { describeSettling } from "./settle-conformance.ts";
import { describeStarts } from "./start-conformance.ts";

/** What every `InvocationStore` keeps to. */
export function describeStoreConformance(name: string, makeBackend: MakeBackend): void {
  describe(`the invocation store ${name}`, () => {
    describeRecords(makeBackend);
    describeStarts(makeBackend);
    describeSettling(makeBackend);
    describeBreakers(makeBackend);
    describeFence(makeBackend);
    describeCancelling(makeBackend);
    describePausing(makeBackend);
  });
}
