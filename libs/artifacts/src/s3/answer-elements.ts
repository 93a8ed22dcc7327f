const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/**
 * Returns the content of each element of this name, from its tag up to the next closing tag of the name. S3 answers with flat
 * XML, without attributes and CDATA where we look, and writes `<` in a text as `&lt;`.
 */
export function elements(xml: string, name: string): string[] {
  const [, ...parts] = xml.split(`<${name}>`);
  return parts.flatMap((part) => {
    const end = part.indexOf(`</${name}>`);
    return end === -1 ? [] : [part.slice(0, end)];
  });
}

/** The text of the first element of this name; `undefined` when there is none. */
export function element(xml: string, name: string): string | undefined {
  return elements(xml, name)[0]?.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, entity) => {
    if (entity) return ENTITIES[entity] ?? whole;
    return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
