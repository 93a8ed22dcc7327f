import {
  describeEventLogConformance,
  describeQueueConformance,
  describeSpanLogConformance,
  describeStoreConformance,
  describeWorkerRegistryConformance,
  type MakeBackend,
} from "@pifleet/testkit";
import { connectBackend } from "./index.ts";

const makeBackend: MakeBackend = (options) => {
  const url = process.env.REDIS_URL ?? "";
  return connectBackend({ url, prefix: `test-${crypto.randomUUID()}`, role: "worker", ...options });
};

describeStoreConformance("in Redis", makeBackend);
describeQueueConformance("in Redis", makeBackend);
describeEventLogConformance("in Redis", makeBackend);
describeSpanLogConformance("in Redis", makeBackend);
describeWorkerRegistryConformance("in Redis", makeBackend);
