import { TEST_CA_FILE } from "@pifleet/testkit/test-certificates";
import { describe, expect, it } from "vitest";
import { modelNetwork, networkSecrets } from "./model-network.ts";

describe("how model requests leave the machine", () => {
  it("is said by the variables of Node, in lower case first, and by nothing else", () => {
    expect(modelNetwork({ ALL_PROXY: "socks://x", NO_PROXY: "x", HTTP_PROXY: "" })).toBeUndefined();
    expect(
      modelNetwork({ HTTP_PROXY: "http://a:1", http_proxy: "b:2", HTTPS_PROXY: "https://c", no_proxy: "d,.e" }),
    ).toEqual({ proxy: { HTTP_PROXY: "http://b:2/", HTTPS_PROXY: "https://c/", NO_PROXY: "d,.e" } });
    expect(modelNetwork({ NODE_EXTRA_CA_CERTS: TEST_CA_FILE, SSL_CERT_FILE: TEST_CA_FILE })).toEqual({
      certificateFiles: [TEST_CA_FILE, TEST_CA_FILE],
    });
  });

  it.each([
    [{ HTTPS_PROXY: "socks5://x" }, /^HTTPS_PROXY must be the URL of an HTTP proxy/],
    [{ http_proxy: "http://" }, /^http_proxy must be/],
    [{ NODE_EXTRA_CA_CERTS: "/nowhere.pem" }, /^NODE_EXTRA_CA_CERTS names \/nowhere.pem, which cannot be used: ENOENT/],
    [{ SSL_CERT_FILE: "/dev/null" }, /^SSL_CERT_FILE .* holds no certificate/],
  ])("%j is refused in words", (environment, message) => {
    expect(() => modelNetwork(environment)).toThrow(message);
  });

  it("may hold passwords", () => {
    expect(networkSecrets({ HTTP_PROXY: "http://u:pass%20word-1@x" })).toEqual(["pass%20word-1", "pass word-1"]);
  });
});
