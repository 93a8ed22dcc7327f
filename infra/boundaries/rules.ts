import { builtinModules } from "node:module";
import type { IFlattenedRuleSet } from "dependency-cruiser";

type Rule = NonNullable<IFlattenedRuleSet["forbidden"]>[number];

/** Tests, and what only tests use, in a folder `testing` beside them. */
const TEST = String.raw`\.test\.ts$|/testing/`;
/** The testkit's conformance suites are test code that lives beside the adapters which they test against. */
const TESTING = `${TEST}|^libs/testkit/|^test/`;
const AGENT_SHELL = "^libs/harness/src/pi/shell\\.ts$";
/** What the benchmark measures us beside: what others would write with the vendors alone. */
const BASELINE = "^test/bench/baseline/";
const REDIS = "^libs/redis/src/";
const ADAPTERS = ["redis", "harness", "runtime", "webhooks", "artifacts"];

/** A package by its name, where it was found and where it was not. */
function packages(...names: string[]): string {
  return `(^|node_modules/)(${names.join("|")})`;
}

const ANY_PACKAGE = "node_modules/";
const ANY_LIBRARY = "^libs/([^/]+)/";

/** No file outside of `owners` may import what `path` matches. */
function confined(name: string, path: string, owners: string[], comment: string): Rule {
  return { name, comment, severity: "error", from: { pathNot: owners }, to: { path } };
}

/** `library` may import these libraries and no other; its tests may use the testkit too. */
function mayImport(library: string, allowed: string[], comment: string): Rule[] {
  const own = [library, ...allowed];
  const from = `^libs/${library}/`;
  const forbidden = (name: string, files: Rule["from"], libraries: string[]): Rule => ({
    name,
    comment,
    severity: "error",
    from: files,
    to: { path: ANY_LIBRARY, pathNot: `^libs/(${libraries.join("|")})/` },
  });
  return [
    forbidden(`${library}-libraries`, { path: from, pathNot: TEST }, own),
    forbidden(`${library}-tests-libraries`, { path: `${from}.*(${TEST})` }, [...own, "testkit"]),
  ];
}

const WHO_MAY_IMPORT_WHOM: Rule[] = [
  {
    name: "apps-stay-apart",
    comment: "An app is a process: it talks to another one over HTTP, Redis or IPC. What two apps share is a library.",
    severity: "error",
    from: { path: "^apps/([^/]+)/" },
    to: { path: "^apps/", pathNot: "^apps/$1/" },
  },
  {
    name: "libraries-know-no-app",
    comment: "Libraries are used by apps and know nothing of them, nor of what builds and tests them.",
    severity: "error",
    from: { path: "^libs/" },
    to: { path: "^(apps|infra|test)/" },
  },
  {
    name: "apps-know-no-tooling",
    comment: "What builds and tests an app is no part of it: it is not there when the app runs in production.",
    severity: "error",
    from: { path: "^apps/", pathNot: TEST },
    to: { path: "^(infra|test)/" },
  },
  ...mayImport("invocation", [], "The words stand on their own: everything else is written in them."),
  ...mayImport(
    "outbound",
    ["invocation"],
    "Requests to hosts that clients name are made in one way, whoever makes them.",
  ),
  ...mayImport(
    "tracing",
    ["invocation", "outbound"],
    "Tracing turns records into spans, and brings them to collectors.",
  ),
  ...mayImport("execution", ["invocation", "tracing"], "Execution sees ports, never an adapter: apps compose the two."),
  ...ADAPTERS.flatMap((name) =>
    mayImport(
      name,
      ["invocation", "tracing", "outbound"],
      "Adapters implement ports and never see each other: apps compose them.",
    ),
  ),
  ...mayImport(
    "client",
    ["invocation"],
    "The client is published: it brings the words along, and nothing of the server.",
  ),
  ...mayImport(
    "testkit",
    ["invocation"],
    "The testkit implements the ports itself, so that it can judge every adapter.",
  ),
  {
    name: "invocation-imports-zod-only",
    comment:
      "The words are plain data and schemas, usable in any process and in a browser: zod only, and nothing of Node.",
    severity: "error",
    from: { path: "^libs/invocation/", pathNot: TEST },
    to: { pathNot: `^libs/invocation/|${packages("zod/")}` },
  },
  {
    name: "redis-connection-is-the-floor",
    comment: "Everything in libs/redis stands on the connection, which knows neither scripts nor keys of Redis.",
    severity: "error",
    from: { path: `${REDIS}connection/`, pathNot: TEST },
    to: { path: REDIS, pathNot: `${REDIS}connection/` },
  },
  {
    name: "redis-scripting-knows-no-room",
    comment: "Scripts are loaded and called in one way, whichever room they stand in.",
    severity: "error",
    from: { path: `${REDIS}scripting/`, pathNot: TEST },
    to: { path: REDIS, pathNot: `${REDIS}(connection|scripting)/` },
  },
  {
    name: "redis-rooms-are-composed-above",
    comment: "Only the backend knows all rooms of libs/redis; no room reaches up to it.",
    severity: "error",
    from: { path: `${REDIS}[^/]+/`, pathNot: TEST },
    to: { path: `${REDIS}[^/]+\\.ts$` },
  },
  {
    name: "execution-names-no-vendor",
    comment: "Execution is the same over every database, agent engine and runtime: it uses ports and names no vendor.",
    severity: "error",
    from: { path: "^libs/execution/", pathNot: TEST },
    to: { path: ANY_PACKAGE },
  },
  {
    name: "client-is-browser-safe",
    comment: "The client runs in browsers too, where there is nothing of Node.",
    severity: "error",
    from: { path: "^libs/client/src/index\\.ts$" },
    to: { path: `^(node:)?(${builtinModules.join("|")})$`, reachable: true },
  },
  {
    name: "testkit-is-for-tests",
    comment: "In-memory adapters and fake servers are for tests; nothing that runs in production may lean on them.",
    severity: "error",
    from: { pathNot: TESTING },
    to: { path: "^libs/testkit/" },
  },
  {
    name: "bootstrap-imports-nothing-installed",
    comment: "The set-up runs before anything is installed. What it starts as a program of its own may use packages.",
    severity: "error",
    from: { path: "^infra/bootstrap/", pathNot: `-program\\.mjs$|${TEST}` },
    to: { pathNot: "^infra/bootstrap/", dependencyTypesNot: ["core"] },
  },
];

const VENDORS: Rule[] = [
  confined(
    "redis-clients-stay-in-redis",
    packages("bullmq/", "ioredis/", "bullmq$", "ioredis$"),
    ["^libs/redis/", BASELINE],
    "Every byte that touches Redis goes through libs/redis, where its keys and fences are kept. What the benchmark compares us with is made without our libraries.",
  ),
  confined(
    "bullmq-stays-in-queue",
    packages("bullmq/", "bullmq$"),
    [`${REDIS}queue/`, BASELINE, TEST],
    "BullMQ carries the entries of the queue and nothing else, so that no other room has to know how it keeps them.",
  ),
  confined(
    "opentelemetry-stays-in-tracing",
    packages("@opentelemetry/"),
    ["^libs/tracing/"],
    "Spans have one form of our own; only libs/tracing turns it into OpenTelemetry's.",
  ),
  confined(
    "pi-stays-in-harness",
    packages("@earendil-works/"),
    ["^libs/harness/", BASELINE],
    "The agent engine is behind a port, so that Pi can change without the fleet noticing. The benchmark runs it bare, too.",
  ),
  confined(
    "s3-stays-in-artifacts",
    packages("aws4fetch/", "aws4fetch$"),
    ["^libs/artifacts/"],
    "Where artifacts are kept is behind a port; nobody else signs requests to a bucket.",
  ),
  confined(
    "processes-stay-in-runtime",
    `^(node:)?child_process$|${packages("execa/", "execa$")}`,
    [
      "^libs/(runtime|testkit)/",
      "^libs/harness/build/",
      "^(infra|test)/",
      "^apps/cli/bin/",
      "^apps/cli/src/service\\.ts$",
      "^apps/worker/src/apart/",
      AGENT_SHELL,
      TEST,
    ],
    "Whoever starts a process must end its whole tree; libs/runtime knows how. The agent's own shell lives in its runner, whose tree the runtime ends; the CLI's launcher and a worker that runs an invocation apart start our own apps.",
  ),
];

const SHAPE: Rule[] = [
  {
    name: "no-cycles",
    comment: "In a cycle no file can be read, tested or changed alone.",
    severity: "error",
    from: {},
    to: { circular: true },
  },
  {
    name: "no-orphans",
    comment: "A file that nobody imports, and that imports nobody, is forgotten or misplaced.",
    severity: "error",
    // What stands in for parts of Pi, and what a test preloads into a service, is found by its path.
    from: {
      orphan: true,
      pathNot: `${TEST}|\\.d\\.ts$|/main\\.(ts|mjs)$|^infra/nx/|\\.config\\.(ts|mjs)$|/build/replacements/|^test/crash/hanging\\.ts$`,
    },
    to: {},
  },
  {
    name: "resolvable",
    comment: "What cannot be found here cannot be checked here, and will not be found in production.",
    severity: "error",
    from: {},
    to: { couldNotResolve: true },
  },
];

/** Who may import whom, as a machine checks it. Every rule says why it is there. */
export const RULES: IFlattenedRuleSet = { forbidden: [...WHO_MAY_IMPORT_WHOM, ...VENDORS, ...SHAPE] };
