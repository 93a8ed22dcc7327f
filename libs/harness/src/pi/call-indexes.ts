/** A call in an answer, as far as it has come. */
interface OpenCall {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly arguments: JsonExtent;
}

/**
 * Gives every tool call of an answer in OpenAI's format an index of its own. Some servers send several calls under one
 * index, and Pi, which joins the pieces of a call by its index, would make one broken call of two. One for each model
 * request.
 */
export class CallIndexes {
  readonly #byIndex = new Map<unknown, OpenCall>();
  readonly #byId = new Map<string, OpenCall>();
  #last: OpenCall | undefined;
  #count = 0;

  /** Changes the indexes in an event of the stream in place, before Pi reads it; other APIs have no such events. */
  fit(event: unknown): void {
    const calls = callsIn(event);
    if (!Array.isArray(calls)) return;
    for (const call of calls) if (isObject(call)) call.index = this.#indexOf(call);
  }

  #indexOf(piece: Record<string, unknown>): number {
    const tool = isObject(piece.function) ? piece.function : {};
    const id = text(piece.id);
    const name = text(tool.name);
    const args = text(tool.arguments);
    const known = (id && this.#byId.get(id)) || this.#byIndex.get(piece.index) || this.#unnamed(piece, name);
    const call = known && !beginsAnother(known, { id, name, args }) ? known : this.#open(id, name);
    call.arguments.add(args);
    this.#byIndex.set(piece.index, call);
    if (id) this.#byId.set(id, call);
    this.#last = call;
    return call.index;
  }

  /** What has neither index, id nor name goes on with the call before it. */
  #unnamed({ index }: Record<string, unknown>, name: string): OpenCall | undefined {
    return typeof index === "number" || name ? undefined : this.#last;
  }

  #open(id: string, name: string): OpenCall {
    const call = { index: this.#count, id, name, arguments: new JsonExtent() };
    this.#count += 1;
    return call;
  }
}

/** Whether a piece under a known index is the beginning of another call. Some servers repeat the name in every piece. */
function beginsAnother(call: OpenCall, { id, name, args }: { id: string; name: string; args: string }): boolean {
  if (!name || (id && id === call.id)) return false;
  const isOther = (id !== "" && call.id !== "") || (call.name !== "" && name !== call.name);
  if (call.arguments.isEmpty) return isOther;
  return call.arguments.isWhole && (isOther || args.trimStart().startsWith("{"));
}

/** Follows a JSON text piece by piece, in linear time. */
class JsonExtent {
  #depth = 0;
  #isText = false;
  #isEscaped = false;
  isEmpty = true;

  /** Whether as much was closed as was opened. */
  get isWhole(): boolean {
    return !this.isEmpty && this.#depth <= 0 && !this.#isText;
  }

  add(piece: string): void {
    for (const char of piece) {
      if (char.trim() !== "") this.isEmpty = false;
      if (this.#isText) this.#addToText(char);
      else if (char === '"') this.#isText = true;
      else if (char === "{" || char === "[") this.#depth += 1;
      else if (char === "}" || char === "]") this.#depth -= 1;
    }
  }

  #addToText(char: string): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (char === "\\") this.#isEscaped = true;
    else if (char === '"') this.#isText = false;
  }
}

function callsIn(event: unknown): unknown {
  if (!isObject(event) || !Array.isArray(event.choices)) return undefined;
  const [choice] = event.choices;
  return isObject(choice) && isObject(choice.delta) ? choice.delta.tool_calls : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}
