interface Parameter {
  readonly in: string;
  readonly name: string;
  example?: unknown;
}

interface Description {
  readonly paths?: Record<string, Record<string, { readonly parameters?: Parameter[] }>>;
}

/** Puts examples with the parameters of paths. @param examples each by the path that ends with the parameter */
export function exemplifyPathParameters<T extends object>(document: T, examples: Readonly<Record<string, string>>): T {
  const { paths = {} } = document as Description;
  for (const [path, operations] of Object.entries(paths)) {
    for (const parameter of Object.values(operations).flatMap(({ parameters = [] }) => parameters)) {
      const [before] = path.split(`{${parameter.name}}`, 1);
      const example = examples[`${before}{${parameter.name}}`];
      if (parameter.in === "path" && example !== undefined) parameter.example = example;
    }
  }
  return document;
}
