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

/** The text of a module that stands for one of Node's. */
export function lateModule(name: string): string {
  return name === "crypto" ? CRYPTO : delegate(name, "undefined");
}

/**
 * Node draws the random numbers of 128 UUIDs at once: of children out of one snapshot, all would have the same ones.
 */
const CRYPTO = delegate("crypto", "{ randomUUID: () => late().randomUUID({ disableEntropyCache: true }) }");

function delegate(name: string, own: string): string {
  return `
const late = () => process.getBuiltinModule("node:${name}");
const own = ${own};
const get = (_target, key) => (key === "__esModule" ? undefined : (own?.[key] ?? late()[key]));
module.exports = Object.create(new Proxy({}, { get }));
`;
}
