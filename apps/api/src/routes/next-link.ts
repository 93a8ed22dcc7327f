/** The value of a `Link` header (RFC 8288) that leads to the next page of a list. Fields without a value are left out. */
export function nextLink(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return `<${path}?${search}>; rel="next"`;
}
