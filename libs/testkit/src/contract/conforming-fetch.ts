import type { Contract } from "./contract.ts";

/**
 * A `fetch` for one API that fails when an answer is other than the API's description says: JSON when it arrives, event
 * streams while they are read. A request that an answer shows to be no answer of the API, such as HEAD, passes.
 * @param contract resolves to the description; asked for with the first answer
 */
export function conformingFetch(contract: () => Promise<Contract>): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const method = init?.method ?? "GET";
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
    const known = await contract();
    if (type === "text/event-stream" && response.body) return withBody(response, checkedEvents(response.body, known));
    if (!type.endsWith("json") && response.status !== 204) return response;
    const text = await response.text();
    known.check(method, pathname, { status: response.status, type, text });
    return withBody(response, response.status === 204 ? null : text);
  };
}

/** The response with a body that was read already. */
function withBody(response: Response, body: ReadableStream | string | null): Response {
  const { status, statusText, headers, url } = response;
  const copy = new Response(body, { status, statusText, headers });
  return Object.defineProperty(copy, "url", { value: url });
}

/** Passes a stream on, and holds every whole message against the description. */
function checkedEvents(stream: ReadableStream<Uint8Array>, contract: Contract): ReadableStream<Uint8Array> {
  const decoder = new TextDecoder();
  let rest = "";
  const check = new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, controller) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("data: ")) contract.checkEvent(line.slice("data: ".length));
      controller.enqueue(bytes);
    },
  });
  return stream.pipeThrough(check);
}
