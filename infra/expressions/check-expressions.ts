import { check as checkComplexity } from "recheck";
import { type Expression, findExpressions } from "./find-expressions.ts";

/** How long one expression is looked at, milliseconds; most take ten. */
const PATIENCE_MS = 60_000;
/** Each is looked at by a process of its own. */
const AT_ONCE = 2;

/**
 * Checks that every regular expression of our programs takes linear time, whatever text it meets.
 * @returns the faults as lines of text; none when all is well. That there is no expression at all is a fault too.
 */
export async function checkExpressions(root: string): Promise<string[]> {
  const { expressions, dynamic } = findExpressions(root);
  if (expressions.length === 0) return [`There is no regular expression below ${root}: nothing was checked.`];
  const faults: string[] = [];
  const left = distinct(expressions).values();
  const work = async () => {
    for (const expression of left) faults.push(...(await faultOf(expression)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return [
    ...dynamic.map(({ file }) => `${file} builds an expression at run time, which cannot be checked: write a literal.`),
    ...faults.sort(),
  ];
}

function distinct(expressions: readonly Expression[]): Expression[] {
  return [
    ...new Map(expressions.map((expression) => [`/${expression.source}/${expression.flags}`, expression])).values(),
  ];
}

async function faultOf({ file, source, flags }: Expression): Promise<string[]> {
  const result = await checkComplexity(source, flags, { timeout: PATIENCE_MS });
  if (result.status === "safe") return [];
  const literal = `/${source}/${flags}`;
  if (result.status === "unknown")
    return [`${file}: ${literal} cannot be checked (${result.error.kind}): write a simpler one.`];
  return [`${file}: ${literal} takes ${result.complexity.summary} time, for example for ${result.attack.pattern}`];
}
