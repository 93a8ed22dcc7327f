interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Record<string, object>;
}

interface Description {
  readonly components?: { readonly schemas?: Record<string, Schema> };
}

const REFERENCE = "#/components/schemas/";
/** Says that something is null, in words that no generator makes a type of. */
const NOTHING_ELSE = { not: { type: ["string", "number", "boolean", "object", "array"] } };

/**
 * Gives fields that are always null in one alternative of a union the type that they have in the others, and says beside
 * it that they are null. Generated clients then know the field in every alternative; openapi-fetch drops fields whose only
 * type is null.
 */
export function typeNulls<T extends object>(document: T): T {
  const schemas = (document as Description).components?.schemas ?? {};
  for (const { oneOf = [] } of Object.values(schemas)) {
    const alternatives = oneOf.map(({ $ref = "" }) => schemas[$ref.slice(REFERENCE.length)]?.properties ?? {});
    for (const properties of alternatives) {
      for (const [name, field] of Object.entries(properties)) {
        if (!isNull(field)) continue;
        const others = alternatives.flatMap((each) => typesOf(each[name] ?? {}));
        if (others[0]) properties[name] = { anyOf: [others[0], field], ...NOTHING_ELSE };
      }
    }
  }
  return document;
}

/** The schemas of what a field can be other than null. */
function typesOf(field: Schema & { readonly not?: object }): Schema[] {
  return field.not ? [] : (field.anyOf ?? [field]).filter((one) => !isNull(one) && Object.keys(one).length > 0);
}

function isNull({ type }: Schema): boolean {
  return type === "null";
}
