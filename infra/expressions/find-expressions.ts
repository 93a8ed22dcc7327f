import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "@swc/core";

/** A regular expression of our programs. */
export interface Expression {
  /** Relative to the root. */
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/** An expression that is put together when the program runs, so that nothing can be said of it. */
export interface DynamicExpression {
  readonly file: string;
}

export interface Found {
  readonly expressions: readonly Expression[];
  readonly dynamic: readonly DynamicExpression[];
}

/** All that runs in production. What builds and tests it meets no foreign text. */
const PROGRAMS = ["apps/*/{src,bin}/**/*.{ts,mjs}", "libs/*/src/**/*.ts"];
const NOT_PROGRAMS = /\.test\.ts$|\/testing\/|^libs\/testkit\//;

type Node = Readonly<Record<string, unknown>>;

/** Finds the regular expressions of all programs below `root`. */
export function findExpressions(root: string): Found {
  const files = PROGRAMS.flatMap((pattern) => globSync(pattern, { cwd: root })).filter(
    (file) => !NOT_PROGRAMS.test(file),
  );
  const found = files.sort().map((file) => findInFile(root, file));
  return { expressions: found.flatMap((one) => one.expressions), dynamic: found.flatMap((one) => one.dynamic) };
}

function findInFile(root: string, file: string): Found {
  const expressions: Expression[] = [];
  const dynamic: DynamicExpression[] = [];
  const module = parseSync(readFileSync(join(root, file), "utf8"), { syntax: "typescript", target: "es2024" });
  for (const node of nodesOf(module)) {
    if (node.type === "RegExpLiteral") {
      expressions.push({ file, source: String(node.pattern), flags: String(node.flags) });
    } else if (isConstruction(node)) {
      const source = textOf(argument(node, 0));
      if (source === undefined) dynamic.push({ file });
      else expressions.push({ file, source, flags: textOf(argument(node, 1)) ?? "" });
    }
  }
  return { expressions, dynamic };
}

/** Every node of a syntax tree. */
function* nodesOf(value: unknown): Generator<Node> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value) && "type" in value) yield value as Node;
  for (const child of Object.values(value)) yield* nodesOf(child);
}

/** `RegExp(…)`, with or without `new`. */
function isConstruction({ type, callee }: Node): boolean {
  if (type !== "NewExpression" && type !== "CallExpression") return false;
  return typeof callee === "object" && callee !== null && "value" in callee && callee.value === "RegExp";
}

function argument({ arguments: given }: Node, index: number): unknown {
  return Array.isArray(given) ? given[index]?.expression : undefined;
}

/** The text of a string literal. */
function textOf(node: unknown): string | undefined {
  if (typeof node !== "object" || node === null || !("type" in node) || !("value" in node)) return undefined;
  return node.type === "StringLiteral" ? String(node.value) : undefined;
}
