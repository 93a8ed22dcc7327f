import { basename, dirname } from "node:path";

/**
 * Makes every folder with a `tsconfig.json` an Nx project with the target `typecheck`.
 * @type {import("nx/src/project-graph/plugins/public-api").CreateNodes}
 */
export const createNodes = [
  "**/tsconfig.json",
  (files) => files.map((file) => [file, { projects: { [dirname(file)]: project(dirname(file)) } }]),
];

/** @param {string} root a folder, from the top of the repository */
function project(root) {
  const name = root === "." ? "repository" : basename(root);
  return { name, targets: { typecheck: { command: `tsc -p ${root}` } } };
}
