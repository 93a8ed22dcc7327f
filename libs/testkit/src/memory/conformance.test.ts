import {
  createMemoryBackend,
  describeAdmissionConformance,
  describeApiKeysConformance,
  describeArtifactStoreConformance,
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
  MemoryArtifactStore,
} from "../index.ts";

const makeBackend: MakeBackend = async (options) => createMemoryBackend(options);

describeStoreConformance("in memory", makeBackend);
describeAdmissionConformance("in memory", makeBackend);
describeQueueConformance("in memory", makeBackend);
describeEventLogConformance("in memory", makeBackend);
describeSpanLogConformance("in memory", makeBackend);
describeTraceSpoolConformance("in memory", makeBackend);
describeWorkerRegistryConformance("in memory", makeBackend);
describeCountersConformance("in memory", makeBackend);
describeApiKeysConformance("in memory", makeBackend);
describeWebhooksConformance("in memory", makeBackend);
describeDeliveryLedgerConformance("in memory", makeBackend);
describeArtifactStoreConformance("in memory", async () => new MemoryArtifactStore());
