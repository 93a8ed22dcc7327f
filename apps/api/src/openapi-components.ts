interface Description {
  readonly paths?: unknown;
  readonly components?: { schemas?: Record<string, object> };
}

/** The name that a schema of what is sent gets, to tell it from what is received. */
const SENT = /Input$/;

/**
 * Tidies the schemas of an OpenAPI description. Each registered one comes in two forms, as it is sent and as it is
 * received: the forms that no route uses are dropped, and what is only ever sent gets its plain name.
 * @param examples an example for each schema by its plain name
 */
export function tidyComponents<T extends object>(document: T, examples: Readonly<Record<string, unknown>>): T {
  const { paths, components } = document as Description;
  const schemas = components?.schemas ?? {};
  const used = reachable(paths, schemas);
  for (const name of Object.keys(schemas)) if (!used.has(name)) delete schemas[name];
  for (const name of used) {
    const example = examples[name.replace(SENT, "")];
    if (example !== undefined) schemas[name] = { ...schemas[name], examples: [example] };
  }
  return renamed(
    document,
    [...used].filter((name) => SENT.test(name) && !used.has(name.replace(SENT, ""))),
  );
}

/** The schemas that the paths use, directly or by way of others. */
function reachable(paths: unknown, schemas: Readonly<Record<string, object>>): Set<string> {
  const found = new Set<string>();
  const visit = (value: unknown) => {
    for (const [, name = ""] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      visit(schemas[name] ?? {});
    }
  };
  visit(paths ?? {});
  return found;
}

function renamed<T extends object>(document: T, names: readonly string[]): T {
  const text = names.reduce((json, name) => {
    const plain = name.replace(SENT, "");
    const reference = (to: string) => `"#/components/schemas/${to}"`;
    return json.replaceAll(reference(name), reference(plain)).replace(`"${name}":`, `"${plain}":`);
  }, JSON.stringify(document));
  return JSON.parse(text);
}
