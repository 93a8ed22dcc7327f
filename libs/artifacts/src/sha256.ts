const SHA_256 = /^[0-9a-f]{64}$/;

/** The same, once it is sure that it can be part of a name. @throws {TypeError} when it is no SHA-256 */
export function checkedSha256(sha256: string): string {
  if (!SHA_256.test(sha256)) throw new TypeError("not a SHA-256 in hexadecimal");
  return sha256;
}
