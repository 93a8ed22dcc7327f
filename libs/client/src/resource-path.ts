/**
 * The path of one thing of the API.
 * @param kind what the id is of, in the words of a failure: `an invocation`
 * @throws {TypeError} when the id would name something else
 */
export function resourcePath(collection: string, id: string, kind: string): string {
  if (id === "" || id === "." || id === "..") throw new TypeError(`not the id of ${kind}: '${id}'`);
  return `v1/${collection}/${encodeURIComponent(id)}`;
}
