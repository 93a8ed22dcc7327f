import { referencedName, type Schema } from "./document.ts";
import { type Html, html, prose } from "./html.ts";

/** A longer pattern says less to a reader than the description and the example do. */
const MAX_PATTERN_LENGTH = 60;

/** The type of a value in words, with links to the schemas that it refers to. */
export function typeOf(schema: Schema): Html {
  const name = referencedName(schema);
  if (name !== undefined) return html`<a href="#schema-${name}">${name}</a>`;
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return joined(schema.enum.map(code));
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives) return joined(alternatives.map(typeOf));
  if (schema.type === "array") return html`array of ${typeOf(schema.items ?? {})}`;
  if (typeof schema.additionalProperties === "object" && schema.properties === undefined)
    return html`map of ${typeOf(schema.additionalProperties)}`;
  return html`${[schema.type ?? "any"].flat().join(" or ")}`;
}

/** The fields of a schema and of the objects within it; nothing when it has none. */
export function fieldsOf(schema: Schema): Html | undefined {
  const within = [schema.items, schema.additionalProperties, ...(schema.oneOf ?? schema.anyOf ?? [])];
  const inner = within.flatMap((one) => (typeof one === "object" ? (fieldsOf(one) ?? []) : []));
  if (!schema.properties) return inner.length > 0 ? html`${inner}` : undefined;
  const required = new Set(schema.required);
  const fields = Object.entries(schema.properties).map(([name, field]) =>
    fieldRow({ name, schema: field, required: required.has(name) }),
  );
  return html`<ul class="fields">${fields}</ul>${inner}`;
}

interface Field {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
  readonly description?: string | undefined;
}

/** One field or parameter: its name, its type, its limits, its description, and its own fields. */
export function fieldRow({ name, schema, required, description = schema.description }: Field): Html {
  const mark = required ? html` <span class="required">required</span>` : undefined;
  const limits = limitsOf(schema).map((limit) => html` <small>${limit}</small>`);
  const text = description === undefined ? undefined : html`<p>${prose(description)}</p>`;
  return html`<li><code class="name">${name}</code> <span class="type">${typeOf(schema)}</span>${mark}${limits}${text}${fieldsOf(schema)}</li>`;
}

function limitsOf(schema: Schema): Html[] {
  const { format, pattern, minimum, exclusiveMinimum, maximum, minLength, maxLength, minItems, maxItems } = schema;
  const limits = [
    format && html`${format}`,
    pattern && !format && pattern.length <= MAX_PATTERN_LENGTH && html`<code>${pattern}</code>`,
    minimum !== undefined && Math.abs(minimum) < Number.MAX_SAFE_INTEGER && html`≥ ${minimum}`,
    exclusiveMinimum !== undefined && html`&gt; ${exclusiveMinimum}`,
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && html`≤ ${maximum}`,
    minLength !== undefined && html`at least ${minLength} characters`,
    maxLength !== undefined && html`at most ${maxLength} characters`,
    minItems !== undefined && html`at least ${minItems} items`,
    maxItems !== undefined && html`at most ${maxItems} items`,
    schema.default !== undefined && html`default ${code(schema.default)}`,
  ];
  return limits.flatMap((limit) => limit || []);
}

function code(value: unknown): Html {
  return html`<code>${JSON.stringify(value)}</code>`;
}

function joined(parts: readonly Html[]): Html {
  return html`${parts.map((part, i) => (i === 0 ? part : html` or ${part}`))}`;
}
