import {
  createMemoryBackend,
  describeCountersConformance,
  describeEventLogConformance,
  describeQueueConformance,
  describeSpanLogConformance,
  describeStoreConformance,
  describeTraceSpoolConformance,
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
