import {
  createMemoryBackend,
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
} from "../index.ts";

const makeBackend: MakeBackend = async (options) => createMemoryBackend(options);

describeStoreConformance("in memory", makeBackend);
describeQueueConformance("in memory", makeBackend);
describeEventLogConformance("in memory", makeBackend);
describeSpanLogConformance("in memory", makeBackend);
describeTraceSpoolConformance("in memory", makeBackend);
describeWorkerRegistryConformance("in memory", makeBackend);
describeCountersConformance("in memory", makeBackend);
describeApiKeysConformance("in memory", makeBackend);
describeWebhooksConformance("in memory", makeBackend);
describeDeliveryLedgerConformance("in memory", makeBackend);
