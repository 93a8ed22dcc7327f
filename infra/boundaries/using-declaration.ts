import { createRequire } from "node:module";

/** The part of swc's visitor that is mended here. Its own types are for another version of swc's syntax tree. */
interface StatementVisitor {
  visitStatement(statement: { type: string }): unknown;
  visitVariableDeclarators(declarators: unknown): unknown;
}

interface UsingDeclaration {
  type: "UsingDeclaration";
  decls: unknown;
}

/**
 * Teaches swc's syntax tree visitor, by which dependency-cruiser reads our sources, what `using` and `await using`
 * declare: it knows every other statement, and refuses the file for this one.
 */
export function understandUsing(): void {
  const { Visitor } = createRequire(import.meta.resolve("dependency-cruiser"))("@swc/core/Visitor.js");
  const visitor: StatementVisitor = Visitor.prototype;
  const visitStatement = visitor.visitStatement;
  visitor.visitStatement = function visit(this: StatementVisitor, statement) {
    if (!isUsing(statement)) return visitStatement.call(this, statement);
    this.visitVariableDeclarators(statement.decls);
    return statement;
  };
}

function isUsing(statement: { type: string }): statement is UsingDeclaration {
  return statement.type === "UsingDeclaration";
}
