interface Schema {
  readonly $ref?: string;
  readonly properties?: Record<string, { readonly const?: unknown; readonly enum?: readonly unknown[] }>;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  discriminator?: { readonly propertyName: string; readonly mapping: Record<string, string> };
}

interface Description {
  readonly components?: { readonly schemas?: Record<string, Schema> };
}

const REFERENCE = "#/components/schemas/";

/**
 * Names the field that tells the alternatives of a schema apart, where each of them is a schema with a name and has other
 * values of that field: generators then make a union of it that can be narrowed.
 */
export function addDiscriminators<T extends object>(document: T): T {
  const schemas = (document as Description).components?.schemas ?? {};
  for (const schema of Object.values(schemas)) {
    const { anyOf, oneOf = anyOf } = schema;
    const discriminator = oneOf && discriminatorOf(oneOf, schemas);
    if (!oneOf || !discriminator) continue;
    delete schema.anyOf;
    schema.oneOf = oneOf;
    schema.discriminator = discriminator;
  }
  return document;
}

function discriminatorOf(
  alternatives: readonly Schema[],
  schemas: Readonly<Record<string, Schema>>,
): Schema["discriminator"] | undefined {
  const references = alternatives.flatMap(({ $ref }) => $ref ?? []);
  if (references.length < alternatives.length) return undefined;
  const [first] = references;
  const fields = Object.keys(schemas[nameIn(first ?? "")]?.properties ?? {});
  for (const propertyName of fields) {
    const pairs = references.map(
      (reference) => [reference, valuesOf(schemas[nameIn(reference)], propertyName)] as const,
    );
    const values = pairs.flatMap(([, known]) => known);
    const tells = pairs.every(([, known]) => known.length > 0) && new Set(values).size === values.length;
    if (tells) {
      const mapping = Object.fromEntries(
        pairs.flatMap(([reference, known]) => known.map((value) => [value, reference])),
      );
      return { propertyName, mapping };
    }
  }
  return undefined;
}

/** The texts that a field can be, if it can be nothing else. */
function valuesOf(schema: Schema | undefined, name: string): string[] {
  const field = schema?.properties?.[name];
  const values = field?.enum ?? (field?.const === undefined ? [] : [field.const]);
  return values.filter((value) => typeof value === "string");
}

function nameIn(reference: string): string {
  return reference.slice(REFERENCE.length);
}
