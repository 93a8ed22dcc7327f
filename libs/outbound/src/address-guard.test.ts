import { describe, expect, it } from "vitest";
import { AddressGuard } from "./address-guard.ts";
import type { AddressAllowance } from "./address-policy.ts";

/** Every notation of a host that URL parsers know, and why it is refused. */
const REFUSED: [url: string, kind: string][] = [
  // IPv4, as it is written
  ["http://127.0.0.1/", "loopback"],
  ["https://127.255.255.254/", "loopback"],
  ["http://0.0.0.0/", "unspecified"],
  ["http://0.255.255.255/", "unspecified"],
  ["http://10.0.0.1/", "private"],
  ["http://172.16.0.1/", "private"],
  ["http://172.31.255.255/", "private"],
  ["http://192.168.1.1/", "private"],
  ["http://169.254.169.254/latest/meta-data/", "cloud metadata"],
  ["http://100.100.100.200/latest/meta-data/", "cloud metadata"],
  ["http://168.63.129.16/machine", "cloud metadata"],
  ["http://169.254.170.2/v2/credentials", "link-local"],
  ["http://100.64.0.1/", "carrier-grade NAT"],
  ["http://100.127.255.255/", "carrier-grade NAT"],
  ["http://192.0.0.8/", "reserved"],
  ["http://192.0.2.1/", "documentation"],
  ["http://198.51.100.1/", "documentation"],
  ["http://203.0.113.1/", "documentation"],
  ["http://192.88.99.1/", "6to4"],
  ["http://198.18.0.1/", "benchmarking"],
  ["http://198.19.255.255/", "benchmarking"],
  ["http://224.0.0.1/", "multicast"],
  ["http://239.255.255.255/", "multicast"],
  ["http://240.0.0.1/", "reserved"],
  ["http://255.255.255.255/", "broadcast"],
  // IPv4 in other notations
  ["http://2130706433/", "loopback"],
  ["http://0x7f000001/", "loopback"],
  ["http://017700000001/", "loopback"],
  ["http://0177.0.0.1/", "loopback"],
  ["http://0x7f.0.0.1/", "loopback"],
  ["http://0X7F.0x0.00.0x1/", "loopback"],
  ["http://127.1/", "loopback"],
  ["http://127.0.1/", "loopback"],
  ["http://127.0.0.1./", "loopback"],
  ["http://0/", "unspecified"],
  ["http://0x/", "unspecified"],
  ["http://2852039166/", "cloud metadata"],
  ["http://0xa9fea9fe/", "cloud metadata"],
  ["http://169.254.43518/", "cloud metadata"],
  ["http://%31%32%37.0.0.1/", "loopback"],
  ["http://127%2e0%2E0%2e1/", "loopback"],
  ["http://１２７.０.０.１/", "loopback"],
  ["http://127。0．0｡1/", "loopback"],
  ["http://①②⑦.⓪.⓪.①/", "loopback"],
  ["http://１0.1/", "private"],
  ["http:127.0.0.1/", "loopback"],
  ["http:\\\\127.0.0.1\\", "loopback"],
  ["http://127.0.\t0.1\n/", "loopback"],
  ["http://127.0.0.1:8787/?host=example.com#@example.com", "loopback"],
  // IPv6
  ["http://[::]/", "unspecified"],
  ["http://[::1]/", "loopback"],
  ["http://[0:0:0:0:0:0:0:1]/", "loopback"],
  ["http://[0000:0000::0001]:80/", "loopback"],
  ["http://[fc00::1]/", "private"],
  ["http://[fdff:ffff::1]/", "private"],
  ["http://[fd00:ec2::254]/latest/meta-data/", "cloud metadata"],
  ["http://[fd20:ce::254]/computeMetadata/", "cloud metadata"],
  ["http://[fe80::1]/", "link-local"],
  ["http://[febf::1]/", "link-local"],
  ["http://[fec0::1]/", "site-local"],
  ["http://[ff02::1]/", "multicast"],
  ["http://[2001:db8::1]/", "documentation"],
  ["http://[3fff:fff::1]/", "documentation"],
  ["http://[2001:2::1]/", "benchmarking"],
  ["http://[2001:10::1]/", "ORCHID"],
  ["http://[2001:2f:ffff::1]/", "ORCHID"],
  ["http://[2001:1ff::1]/", "reserved"],
  ["http://[100::1]/", "reserved"],
  ["http://[5f00::1]/", "reserved"],
  ["http://[4000::1]/", "reserved"],
  // IPv6 that holds an IPv4 address, also a public one
  ["http://[::ffff:127.0.0.1]/", "IPv4-mapped"],
  ["http://[::ffff:7f00:1]/", "IPv4-mapped"],
  ["http://[::FFFF:A9FE:A9FE]/", "IPv4-mapped"],
  ["http://[::ffff:8.8.8.8]/", "IPv4-mapped"],
  ["http://[::127.0.0.1]/", "IPv4-compatible"],
  ["http://[::ffff:0:127.0.0.1]/", "IPv4-translated"],
  ["http://[64:ff9b::127.0.0.1]/", "NAT64"],
  ["http://[64:ff9b::8.8.8.8]/", "NAT64"],
  ["http://[64:ff9b:1::a9fe:a9fe]/", "NAT64"],
  ["http://[2002:7f00:1::]/", "6to4"],
  ["http://[2001:0:53aa:64c::1]/", "Teredo"],
  // Names that are known to stand for such addresses
  ["http://localhost/", "loopback"],
  ["http://LOCALHOST:8787/", "loopback"],
  ["http://localhost./", "loopback"],
  ["http://a.b.localhost/", "loopback"],
  ["http://a.localhost./", "loopback"],
  ["http://ｌｏｃａｌｈｏｓｔ/", "loopback"],
  ["http://ⓛocalhost/", "loopback"],
  ["http://local%68ost/", "loopback"],
  ["http://local\u00adhost/", "loopback"],
  ["http://localhost.localdomain/", "loopback"],
  ["http://ip6-localhost/", "loopback"],
  ["http://metadata.google.internal/computeMetadata/v1/", "cloud metadata"],
  ["http://Metadata.Google.Internal./", "cloud metadata"],
  ["http://instance-data.ec2.internal/", "cloud metadata"],
];

/** What is public, or not known to be anything else before its name is resolved. */
const TAKEN = [
  "https://hooks.example.com/in?token=1#x",
  "http://hooks.example.com:8080/",
  "http://1.1.1.1/",
  "http://9.255.255.255/",
  "http://11.0.0.0/",
  "http://100.63.255.255/",
  "http://100.128.0.0/",
  "http://126.255.255.255/",
  "http://128.0.0.0/",
  "http://169.253.255.255/",
  "http://172.15.255.255/",
  "http://172.32.0.0/",
  "http://192.167.255.255/",
  "http://198.17.255.255/",
  "http://198.20.0.0/",
  "http://223.255.255.255/",
  "https://[2606:4700:4700::1111]/",
  "https://[2001:200::1]/",
  "https://[2003::1]/",
  "https://[3fff:1000::1]/",
  "https://localhost.example.com/",
  "https://notlocalhost/",
  "https://127.0.0.1.nip.io/",
];

/** What is no URL of a host at all: it never comes to the guard. */
const NO_URL = [
  "http://[::1%25lo]/",
  "http://[fe80::1%eth0]/",
  "http://[::1].",
  "http://256.0.0.1/",
  "http://127.0.0.0.1/",
  "http://127.0.0.08/",
  "http://4294967296/",
  "http://127.0.0.1%00.example.com/",
  "http://exam ple.com/",
  "http://",
];

describe("a URL whose text names an address that is not public", () => {
  const guard = new AddressGuard();

  it.each(REFUSED)("is refused: %j is %s", (text, kind) => {
    expect(guard.refusal(new URL(text))).toContain(`(${kind})`);
  });

  it("is refused in words that say what to do, and repeat neither path nor query", () => {
    expect(guard.refusal(new URL("http://0x7f.1:8787/secret?key=secret"))).toBe(
      "must lead to a public address, and 127.0.0.1 does not (loopback); whoever runs the fleet can allow it with PIFLEET_WEBHOOK_ALLOW",
    );
  });
});

describe("any other URL", () => {
  const guard = new AddressGuard();

  it.each(TAKEN)("is taken: %s", (text) => {
    expect(guard.refusal(new URL(text))).toBeUndefined();
  });

  it.each(["ftp://example.com/", "file:///etc/passwd", "unix:/run/docker.sock", "data:,x", "ws://example.com/"])(
    "is refused for its protocol: %s",
    (text) => {
      expect(guard.refusal(new URL(text))).toBe("must begin with http:// or https://");
    },
  );

  it.each(["https://user@example.com/", "https://:password@example.com/", "https://example.com:x@127.0.0.1/"])(
    "is refused for the credentials in it: %s",
    (text) => {
      expect(guard.refusal(new URL(text))).toBe("must hold no user and no password");
    },
  );

  it.each(NO_URL)("does not come here when it is none: %j", (text) => {
    expect(URL.canParse(text)).toBe(false);
  });
});

describe("what the deployment allows", () => {
  const KINDS: [allow: AddressAllowance[], taken: string[], refused: string[]][] = [
    [
      ["loopback"],
      ["127.0.0.1", "127.9.9.9", "[::1]", "localhost", "a.localhost", "2130706433"],
      ["10.0.0.1", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "metadata.google.internal"],
    ],
    [
      ["private"],
      ["10.0.0.1", "172.31.0.1", "192.168.0.1", "[fd12::1]"],
      ["127.0.0.1", "100.64.0.1", "169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "[fd20:ce::254]", "localhost"],
    ],
    [
      ["loopback", "private"],
      ["127.0.0.1", "10.0.0.1"],
      ["169.254.169.254", "192.0.2.1"],
    ],
    [["10.1.0.0/16"], ["10.1.0.0", "10.1.255.255"], ["10.0.255.255", "10.2.0.0", "[::ffff:10.1.0.1]", "127.0.0.1"]],
    [["10.1.2.3/16"], ["10.1.0.0"], ["10.2.0.0"]],
    [["fd12:3456::/32"], ["[fd12:3456::1]"], ["[fd12:3457::1]", "10.0.0.1"]],
    [["127.0.0.1/32"], ["127.0.0.1", "localhost"], ["127.0.0.2", "[::1]"]],
    [["::1/128"], ["[::1]", "localhost"], ["127.0.0.1"]],
    [["::/3"], ["[::1]", "[64:ff9b::1]"], ["127.0.0.1", "10.0.0.1", "[fc00::1]"]],
    [["169.254.169.254/32"], ["169.254.169.254", "metadata.google.internal"], ["169.254.169.253"]],
    [["0.0.0.0/0"], ["127.0.0.1", "10.0.0.1", "240.0.0.1"], ["[::1]", "[::ffff:10.0.0.1]"]],
    [[], [], ["127.0.0.1", "10.0.0.1"]],
  ];

  it.each(KINDS)("is taken, and nothing beside it: %j", (allow, taken, refused) => {
    const guard = new AddressGuard({ allow });
    const isTaken = (host: string) => guard.refusal(new URL(`http://${host}/`)) === undefined;
    expect(taken.filter((host) => !isTaken(host))).toEqual([]);
    expect(refused.filter(isTaken)).toEqual([]);
  });

  it.each(["10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "example.com/8", "fd00::/129"] as const)(
    "must be a CIDR: %s is none",
    (allowance) => {
      expect(() => new AddressGuard({ allow: [allowance] })).toThrow();
    },
  );
});
