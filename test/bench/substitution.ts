import { registerHooks } from "node:module";

const ROOT = new URL("../../", import.meta.url);

/**
 * Lets this process load other modules in place of ours, from now on.
 * @param substitutes from the path of a module in the repository to the URL of what is loaded
 */
export function substitute(substitutes: Readonly<Record<string, string>>): void {
  const urls = new Map(Object.entries(substitutes).map(([path, url]) => [new URL(path, ROOT).href, url]));
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const url = urls.get(resolved.url);
      return url === undefined ? resolved : { ...resolved, url };
    },
  });
}
