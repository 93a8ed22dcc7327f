/** A part of what Pi imports that a run without a person never reaches. */
export interface Cut {
  /** Matches the path of the module, or of its package below `node_modules`. */
  readonly modules: RegExp;
  readonly reason: string;
  /**
   * What stands in its place: a file of `replacements/`, or the name of a module that is made for each build. Where
   * nothing does, whatever is used of it says that it was cut away.
   */
  readonly replacement?: string;
}

const PI = "pi-coding-agent/dist";

/**
 * All that is left out of the runner. Pi's modules import one another freely, so one module of its terminal takes the
 * whole terminal along; without these, a runner is three times as large and takes twice as long to start.
 */
export const CUTS: readonly Cut[] = [
  {
    modules: path(`${PI}/index`),
    reason: "it exports all of Pi: only what the harness asks for is imported",
    replacement: "pi-index",
  },
  {
    modules: path("pi-ai/dist/providers/all"),
    reason: "it holds the models of 40 providers, 1 MB: a run has one provider, whose models are loaded alone",
    replacement: "built-in-providers",
  },
  {
    modules: path("pi-ai/dist/api/bedrock-converse-stream.lazy"),
    reason: "the SDK of AWS is as large as all else: it is loaded from a file of its own by who needs it",
    replacement: "bedrock-api.ts",
  },
  {
    modules: path(`${PI}/utils/photon`),
    reason: "it scales images by WebAssembly: it is loaded from a file of its own by who needs it",
    replacement: "photon.ts",
  },
  {
    modules: path(`${PI}/core/model-config`),
    reason: "it compiles a schema for a models file of Pi's at import, 36 ms: the worker reads ours",
    replacement: "model-config.ts",
  },
  {
    modules: path(`${PI}/core/tools/renderers/bash`),
    reason: "nobody watches a terminal",
    replacement: "shell-renderers.ts",
  },
  { modules: path(`${PI}/core/tools/renderers/`), reason: "nobody watches a terminal" },
  { modules: path(`${PI}/modes/`), reason: "the interactive, print and RPC modes" },
  { modules: path(`${PI}/core/extensions/(virtual-modules|jiti-loader|jiti-static-loader)`), reason: "no extensions" },
  { modules: path(`${PI}/core/(export-html/|session-export)`), reason: "sessions are not exported" },
  { modules: path(`${PI}/core/(package-manager|resource-loader)`), reason: "resources come from memory" },
  { modules: path(`${PI}/core/auth-storage`), reason: "credentials come from memory" },
  { modules: path(`${PI}/core/(bug-report|crash-log|footer-data-provider)`), reason: "for a person at a terminal" },
  { modules: path(`${PI}/utils/management-http`), reason: "Pi's own servers are not called" },
  {
    modules: path(`${PI}/utils/tools-manager`),
    reason: "it downloads rg and fd, and remembers the home directory of who builds the runner",
    replacement: "tools-manager.ts",
  },
  { modules: packages("@earendil-works/pi-tui"), reason: "nobody watches a terminal" },
  { modules: packages("chalk"), reason: "colours" },
  { modules: packages("proper-lockfile"), reason: "no files are shared with another Pi" },
  {
    modules: packages("undici", "ws", "web-streams-polyfill", "node-fetch"),
    reason: "`modelFetch` sends the requests",
  },
  { modules: packages("google-auth-library", "gaxios", "gcp-metadata"), reason: "Google is reached by key" },
  { modules: packages("yaml"), reason: "front matter of skills and prompts: there are none" },
];

function path(pattern: string): RegExp {
  return new RegExp(`/${pattern.replaceAll(".", "\\.")}${pattern.endsWith("/") ? "" : "(\\.js)?$"}`);
}

function packages(...names: string[]): RegExp {
  return new RegExp(`/node_modules/(?:${names.map((name) => name.replaceAll(".", "\\.")).join("|")})(?:/|$)`);
}
