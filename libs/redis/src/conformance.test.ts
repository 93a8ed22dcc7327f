import {
  describeAdmissionConformance,
  describeApiKeysConformance,
  describeCountersConformance,
  describeDeliveryLedgerConformance,
  describeEventLogConformance,
  describeQueueConformance,
  describeSpanLogConformance,
  describeStoreConformance,
  describeTraceSpoolConformance,
  describeWebhooksConformance,
  describeWorkerRegistryConformance,
  type MakeBackend,
} from "@pifleet/testkit";
import { connectBackend } from "./index.ts";
import { TEST_REDIS_URL, useOwnKeys } from "./testing/own-keys.ts";

const ownPrefix = useOwnKeys();
const makeBackend: MakeBackend = (options) =>
  connectBackend({ url: TEST_REDIS_URL, prefix: ownPrefix(), role: "worker", ...options });

describeStoreConformance("in Redis", makeBackend);
describeAdmissionConformance("in Redis", makeBackend);
describeQueueConformance("in Redis", makeBackend);
describeEventLogConformance("in Redis", makeBackend);
describeSpanLogConformance("in Redis", makeBackend);
describeTraceSpoolConformance("in Redis", makeBackend);
describeWorkerRegistryConformance("in Redis", makeBackend);
describeCountersConformance("in Redis", makeBackend);
describeApiKeysConformance("in Redis", makeBackend);
describeWebhooksConformance("in Redis", makeBackend);
describeDeliveryLedgerConformance("in Redis", makeBackend);
