import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { packClient } from "./client-package.ts";

const run = promisify(execFile);
// A compiler has its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A project that has installed what `npm pack` makes of the package, with nothing of this repository beside it. */
let project: string;
let installed: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "client-package-"));
  await packClient(join(project, "built"));
  const { stdout } = await run("npm", ["pack", "./built", "--silent"], { cwd: project });
  await run("tar", ["-xzf", stdout.trim()], { cwd: project });
  installed = join(project, "node_modules/@pifleet/client");
  await cp(join(project, "package"), installed, { recursive: true });
  await writeFile(join(project, "package.json"), '{ "type": "module" }');
});
afterAll(() => rm(project, { recursive: true }));

/** The inner types that the public ones refer to. Before you add a name, ask whether the client's users should depend on it. */
const INNER = [
  "Carrier",
  "DELIVERY_STATUSES",
  "Event",
  "EventId",
  "EventOf",
  "Open",
  "OpenCodes",
  "OpenField",
  "OpenText",
  "Submission",
  "TerminalStatus",
];

async function readManifest() {
  return JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
}

test("the packed client runs with no other package", async () => {
  const program = 'import { createClient } from "@pifleet/client"; console.log(createClient({ url: "http://x" }));';
  await writeFile(join(project, "program.js"), program);
  await expect(run(process.execPath, ["program.js"], { cwd: project })).resolves.toMatchObject({ stderr: "" });
});

test("the packed client compiles strictly, declarations and all, with its dependencies alone", async () => {
  const { dependencies } = await readManifest();
  for (const name of Object.keys(dependencies)) await link(name);
  const program = `
    import { createClient, type SubmissionInput } from "@pifleet/client";
    const { invocations } = createClient({ url: "http://127.0.0.1:8787" });
    const { id } = await invocations.create({ model: "demo/scripted", input: "Say hello" });
    for await (const event of invocations.stream(id))
      if (event.type === "message.completed") event.usage.costUsd satisfies number;
    // @ts-expect-error a submission needs an input
    export const incomplete: SubmissionInput = { model: "demo/scripted" };
  `;
  await writeFile(join(project, "program.ts"), program);
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom"];
  const compiler = resolve("node_modules/typescript/bin/tsc");
  const compiled = run(process.execPath, [compiler, ...options, "program.ts"], { cwd: project });
  expect(await compiled.catch((error) => error)).toMatchObject({ stdout: "" });
});

test("every example compiles as a new project of TypeScript does, declarations and all", async () => {
  for (const name of ["@types/node", "zod"]) await link(name);
  const sources = join(project, "new-project");
  await cp(join(installed, "examples"), sources, { recursive: true });
  const pages = ["README.md", "libs/client/README.md", ...(await readdir("docs")).map((name) => join("docs", name))];
  for (const page of pages.filter((path) => path.endsWith(".md"))) {
    const text = await readFile(page, "utf8");
    for (const [i, code] of typescriptIn(text).entries())
      await writeFile(join(sources, `${page.replaceAll(/\W/g, "-")}-${i}.ts`), code);
  }
  expect((await readdir(sources)).length).toBeGreaterThan(8);
  const compiler = resolve("node_modules/typescript/bin/tsc");
  await run(process.execPath, [compiler, "--init"], { cwd: sources });
  // The comments in the file that --init writes tell Node programs to add these. The declarations are checked as well.
  const options = ["--noEmit", "--types", "node", "--lib", "esnext", "--skipLibCheck", "false"];
  const compiled = run(process.execPath, [compiler, "-p", sources, ...options]);
  expect(await compiled.catch((error) => error)).toMatchObject({ stdout: "" });
});

test("the declarations are one file with the public types and what they are made of, and nothing else", async () => {
  const names = await readdir(installed, { recursive: true });
  expect(names.filter((name) => name.endsWith(".d.ts"))).toEqual(["index.d.ts"]);
  const declarations = await readFile(join(installed, "index.d.ts"), "utf8");
  const imported = [...declarations.matchAll(/\bfrom "([^"]+)"|\bimport\("([^"]+)"\)/g)].map(
    ([, from, other]) => from ?? other,
  );
  expect([...new Set(imported)]).toEqual(["zod"]);
  const source = await readFile("libs/client/src/index.ts", "utf8");
  const exported = exportsIn(source);
  expect(exportsIn(declarations)).toEqual(exported);
  const declared = [
    ...declarations.matchAll(/^(?:export )?(?:declare )?(?:const|class|function|interface|type) (\w+)/gm),
  ];
  const inner = new Set(declared.map(([, name = ""]) => name).filter((name) => !exported.includes(name)));
  expect([...inner].sort()).toEqual(INNER);
});

test("the package says what it is, and has what its readers are sent to", async () => {
  const manifest = await readManifest();
  expect(Object.keys(manifest.dependencies)).toEqual(["zod"]);
  expect(manifest).not.toHaveProperty("private");
  expect(await readdir(installed)).toEqual(expect.arrayContaining(["LICENSE", "README.md", "examples"]));
});

/** Makes a package of this repository one of the project. */
async function link(name: string): Promise<void> {
  const target = join(project, "node_modules", name);
  await mkdir(dirname(target), { recursive: true });
  await rm(target, { force: true });
  await symlink(resolve("node_modules", name), target);
}

/** The examples in TypeScript that a page has. */
function typescriptIn(page: string): string[] {
  return [...page.matchAll(/^ *```(?:ts|typescript)\n([\s\S]*?)^ *```$/gm)].map(([, code = ""]) => code);
}

/** The names that a module exports, in order. */
function exportsIn(module: string): string[] {
  const lists = [...module.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = ""]) => names.split(","));
  const direct = [...module.matchAll(/^export declare \w+ (\w+)/gm)].map(([, name = ""]) => name);
  return [...lists.map((name) => name.replace(/\btype\b/, "").trim()), ...direct].filter((name) => name !== "").sort();
}
