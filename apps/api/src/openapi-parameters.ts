interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly schema?: { readonly type?: string };
  example?: unknown;
  style?: string;
  explode?: boolean;
}

interface Operation {
  readonly operationId?: string;
  readonly parameters?: Parameter[];
  readonly requestBody?: { required?: boolean };
}

interface Description {
  readonly paths?: Record<string, Record<string, Operation>>;
}

/** Says of these operations, by their ids, that they can do without a body. */
export function allowNoBodies<T extends object>(document: T, operationIds: readonly string[]): T {
  const { paths = {} } = document as Description;
  for (const { operationId = "", requestBody } of Object.values(paths).flatMap((path) => Object.values(path)))
    if (requestBody && operationIds.includes(operationId)) requestBody.required = false;
  return document;
}

/** Says how an object stands in a query: each field as `name[key]=value`. */
export function nestQueries<T extends object>(document: T): T {
  const { paths = {} } = document as Description;
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  for (const parameter of operations.flatMap(({ parameters = [] }) => parameters)) {
    if (parameter.in !== "query" || parameter.schema?.type !== "object") continue;
    parameter.style = "deepObject";
    parameter.explode = true;
  }
  return document;
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
