/** One look at the whole repository by one tool. */
export interface Check {
  readonly name: string;
  /** What it is about, for whom it fails. */
  readonly about: string;
  readonly command: string;
  readonly args: readonly string[];
}

export const CHECKS: readonly Check[] = [
  {
    name: "types",
    about: "TypeScript, project by project",
    command: "nx",
    args: ["run-many", "--target=typecheck", "--outputStyle=static"],
  },
  {
    name: "style",
    about: "lint and format; `npm run fix` mends most of it",
    command: "biome",
    args: ["check", "--error-on-warnings"],
  },
  {
    name: "boundaries",
    about: "who may import whom; the rules and their reasons are in infra/boundaries/rules.ts",
    command: process.execPath,
    args: ["infra/boundaries/main.ts"],
  },
  {
    name: "expressions",
    about: "regular expressions take linear time, whatever text they meet",
    command: process.execPath,
    args: ["infra/expressions/main.ts"],
  },
  {
    name: "unused",
    about: "files, exports and dependencies that nobody uses",
    command: "knip",
    args: ["--no-progress"],
  },
];
