/**
 * Modules of Node that hold what cannot be part of a snapshot, such as sockets, or what must not be, such as random
 * numbers that were drawn ahead. They are taken from the running process at the moment they are used.
 */
const LATE = [
  "async_hooks",
  "child_process",
  "crypto",
  "dns",
  "http",
  "http2",
  "https",
  "inspector",
  "module",
  "net",
  "perf_hooks",
  "readline",
  "stream/web",
  "tls",
  "tty",
  "worker_threads",
  "zlib",
];

/** The name of such a module, when it is one that an import means. */
export function lateBuiltin(imported: string): string | undefined {
  const name = imported.replace(/^node:/, "");
  return LATE.includes(name) ? name : undefined;
}

/** What is answered in Node's place, by module. */
const OWN: Readonly<Record<string, string>> = {
  // Node draws the random numbers of 128 UUIDs at once: of children out of one snapshot, all would have the same ones.
  crypto: "{ randomUUID: () => late().randomUUID({ disableEntropyCache: true }) }",
  // Out of a snapshot, a thread that opens a stream ends the process (an assertion of Node 24 on shutdown_wrap_template).
  // Pi scales images in a thread, and where there is none, without.
  worker_threads: '{ Worker: class { constructor() { throw new Error("A runner has no threads"); } } }',
};

/** The text of a module that stands for one of Node's. */
export function lateModule(name: string): string {
  return delegate(name, OWN[name] ?? "undefined");
}

function delegate(name: string, own: string): string {
  return `
const late = () => process.getBuiltinModule("node:${name}");
const own = ${own};
const get = (_target, key) => (key === "__esModule" ? undefined : (own?.[key] ?? late()[key]));
module.exports = Object.create(new Proxy({}, { get }));
`;
}
