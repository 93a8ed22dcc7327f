import { globSync } from "node:fs";
import { cruise, type ICruiseResult, type IViolation } from "dependency-cruiser";
import { RULES } from "./rules.ts";
import { understandUsing } from "./using-declaration.ts";

understandUsing();

const FOLDERS = ["apps", "libs", "infra", "test"];
const NOT_OURS = "node_modules|(^|/)dist/";

/**
 * Checks who imports whom below `root`.
 * @returns the faults as lines of text; none when all is well. That no module was looked at is a fault too, as is a
 *   source file that was passed over: a checker that sees nothing finds nothing.
 */
export async function checkBoundaries(root: string): Promise<string[]> {
  const sources = sourceFiles(root);
  if (sources.length === 0) return [`There is no source file below ${root}: nothing was checked.`];
  const { modules, summary } = await cruiseSources(root, sources);
  const seen = new Set(modules.map((module) => module.source));
  const unseen = sources.filter((file) => !seen.has(file));
  return [
    ...unseen.map((file) => `${file} was not looked at: dependency-cruiser could not read it.`),
    ...summary.violations.map(describe),
  ];
}

function sourceFiles(root: string): string[] {
  return FOLDERS.flatMap((folder) => globSync(`${folder}/**/*.{ts,mjs}`, { cwd: root, exclude: isNotOurs }));
}

function isNotOurs(path: string): boolean {
  return new RegExp(NOT_OURS).test(path);
}

async function cruiseSources(root: string, sources: string[]): Promise<ICruiseResult> {
  const { output } = await cruise(
    sources,
    {
      baseDir: root,
      ruleSet: RULES,
      validate: true,
      parser: "swc",
      tsPreCompilationDeps: true,
      doNotFollow: { path: NOT_OURS },
    },
    { conditionNames: ["import", "node", "default"], exportsFields: ["exports"], extensions: [".ts", ".mjs", ".js"] },
  );
  if (typeof output === "string") throw new Error(`dependency-cruiser answered with text: ${output}`);
  return output;
}

function describe({ rule, from, to, cycle }: IViolation): string {
  const way = cycle ? [from, ...cycle.map((module) => module.name)] : [from, ...(to === from ? [] : [to])];
  const reason = RULES.forbidden?.find(({ name }) => name === rule.name)?.comment;
  return `${rule.name}: ${way.join(" → ")}\n  ${reason}`;
}
