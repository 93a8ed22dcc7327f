import { expect, it } from "vitest";
import { bucketUrl } from "./location.ts";

const amazon = {
  bucket: "kept",
  prefix: "p",
  region: "eu-central-1",
  credentials: { accessKeyId: "", secretAccessKey: "" },
};

it.each([
  [amazon, "https://kept.s3.eu-central-1.amazonaws.com"],
  [{ ...amazon, bucket: "kept.example" }, "https://s3.eu-central-1.amazonaws.com/kept.example"],
  [{ ...amazon, endpoint: "http://minio:9000" }, "http://minio:9000/kept"],
  [{ ...amazon, endpoint: "https://example.com/storage/v1/s3/" }, "https://example.com/storage/v1/s3/kept"],
])("a bucket is asked at its own host of Amazon's, and by its path elsewhere: %#", (location, url) => {
  expect(bucketUrl(location)).toBe(url);
});
