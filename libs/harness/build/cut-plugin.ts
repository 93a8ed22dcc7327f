import { basename, join } from "node:path";
import type { Plugin } from "esbuild";
import { CUTS, type Cut } from "./cuts.ts";
import { lateBuiltin, lateModule } from "./late-builtins.ts";

const REPLACEMENTS = join(import.meta.dirname, "replacements");
const REQUIRE_BESIDE = join(REPLACEMENTS, "require-beside.ts");
/** The models of Pi's providers, 1 MB of JSON: a run needs those of one, and loads them then. */
const MODELS = /^\.\/data\/[\w-]+\.json$/;

/**
 * Leaves out of a bundle what `CUTS` lists, and takes modules of Node late.
 * @param generated the texts of the replacements that are made for each build, by name
 * @param onCut called for each cut that was met
 */
export function cutPlugin(generated: Readonly<Record<string, string>>, onCut: (cut: Cut) => void): Plugin {
  return {
    name: "cuts",
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path, importer, resolveDir, kind }) => {
        if (kind === "entry-point") return undefined;
        const late = lateBuiltin(path);
        if (late !== undefined) return { path: late, namespace: "late" };
        // A replacement may well use what it replaces a part of.
        if (importer.startsWith(REPLACEMENTS) || importer in generated) return undefined;
        if (MODELS.test(path)) return { path: basename(path), namespace: "models" };
        const cut = cutOf(path.startsWith(".") ? join(resolveDir, path) : `/node_modules/${path}`);
        if (!cut) return undefined;
        onCut(cut);
        if (cut.replacement === undefined) return { path: name(path), namespace: "cut", pluginData: cut };
        if (cut.replacement in generated) return { path: cut.replacement, namespace: "generated" };
        return { path: join(REPLACEMENTS, cut.replacement) };
      });
      build.onLoad({ filter: /.*/, namespace: "late" }, ({ path }) => ({ contents: lateModule(path), loader: "js" }));
      build.onLoad({ filter: /.*/, namespace: "models" }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(REQUIRE_BESIDE)}).requireBeside("models/${path}");`,
        loader: "js",
        resolveDir: REPLACEMENTS,
      }));
      build.onLoad({ filter: /.*/, namespace: "generated" }, ({ path }) => ({
        contents: generated[path] ?? "",
        loader: "js",
        resolveDir: import.meta.dirname,
      }));
      build.onLoad({ filter: /.*/, namespace: "cut" }, ({ path, pluginData }) => ({
        contents: absentModule(path, pluginData),
        loader: "js",
      }));
    },
  };
}

function cutOf(path: string): Cut | undefined {
  const normal = path === "/node_modules/@earendil-works/pi-coding-agent" ? `${path}/dist/index.js` : path;
  const module = normal === "/node_modules/@earendil-works/pi-ai/providers/all" ? PROVIDERS_ALL : normal;
  return CUTS.find(({ modules }) => modules.test(module));
}

const PROVIDERS_ALL = "/node_modules/@earendil-works/pi-ai/dist/providers/all.js";

function name(path: string): string {
  return path.split("/").slice(-2).join("/");
}

/** A module of which everything can be imported, and nothing used: who tries is told what is missing, and why. */
function absentModule(module: string, { reason }: Cut): string {
  return `
const absent = (name) => {
  const fail = () => { throw new Error(name + " was cut away from the runner: " + ${JSON.stringify(reason)}); };
  const get = (target, key) =>
    key === "prototype" ? target.prototype : typeof key === "symbol" || key === "then" ? undefined : absent(name + "." + key);
  return new Proxy(function () {}, { get, apply: fail, construct: fail });
};
const get = (_target, key) => (key === "__esModule" || typeof key === "symbol" ? undefined : absent(${JSON.stringify(module)} + ": " + key));
module.exports = Object.create(new Proxy({}, { get }));
`;
}
