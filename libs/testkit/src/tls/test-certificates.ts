import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The file with the certificate of the tests' own authority, which nothing else trusts. */
export const TEST_CA_FILE = path("ca.pem");

/** Key and certificate, signed by that authority, of a server named `localhost`, `provider.test` or 127.0.0.1. */
export function testServerCertificate(): { key: string; cert: string } {
  const pem = readFileSync(path("server.pem"), "utf8");
  return { key: pem, cert: pem };
}
