import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** What is used of an OpenAPI document. */
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, object>> }>>;
}

const DOCUMENT = "openapi.json";
const METHODS: readonly string[] = ["get", "post", "put", "patch", "delete"];

/** Answers are held against a description of the API with this. */
export class Contract {
  readonly #description: Description;
  readonly #ajv = new Ajv2020({ strict: false, discriminator: false, allErrors: false });
  readonly #paths: readonly (readonly [path: string, pattern: RegExp])[];
  readonly #validators = new Map<string, ValidateFunction>();

  /** @param description an OpenAPI 3.1 document */
  constructor(description: object) {
    this.#description = description as Description;
    addFormats.default(this.#ajv);
    // Base64 that is no base64 is refused where it is read.
    this.#ajv.addFormat("base64", true);
    this.#ajv.addSchema(description, DOCUMENT);
    this.#paths = Object.keys(this.#description.paths)
      .sort((a, b) => wildcards(a) - wildcards(b))
      .map((path) => [path, patternOf(path)]);
  }

  /**
   * Holds an answer against the description.
   * @param type the media type, without parameters
   * @param text the body
   * @throws {Error} that names the first thing that is other than described
   */
  check(method: string, path: string, { status, type, text }: { status: number; type: string; text: string }): void {
    const operation = this.#operation(method, path);
    // What no route takes is described by none.
    if (!operation) return;
    const where = `${method} ${path} ${status}`;
    const [route, described] = operation;
    const answer = described.responses[status];
    if (!answer) throw new Error(`${where}: the description of ${route} knows no such status`);
    if (answer.content === undefined) {
      if (text !== "") throw new Error(`${where}: the description knows no body, and there is ${text.slice(0, 200)}`);
      return;
    }
    if (!(type in answer.content)) throw new Error(`${where}: the description knows no ${type}`);
    if (!type.endsWith("json") || route === "/openapi.json") return;
    this.#validate(
      ["paths", route, method.toLowerCase(), "responses", `${status}`, "content", type, "schema"],
      where,
      text,
    );
  }

  /** Holds the data of a message of an event stream against the description. @throws {Error} as above */
  checkEvent(text: string): void {
    this.#validate(["components", "schemas", "Event"], "event", text);
  }

  #operation(method: string, path: string): [route: string, operation: Operation] | undefined {
    const name = method.toLowerCase();
    if (!METHODS.includes(name)) return undefined;
    for (const [route, pattern] of this.#paths) {
      const operation = this.#description.paths[route]?.[name];
      if (operation && pattern.test(path)) return [route, operation];
    }
    return undefined;
  }

  #validate(pointer: readonly string[], where: string, text: string): void {
    const key = pointer
      .map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1"))
      .map(encodeURIComponent)
      .join("/");
    const validate = this.#validators.get(key) ?? this.#ajv.compile({ $ref: `${DOCUMENT}#/${key}` });
    this.#validators.set(key, validate);
    if (validate(JSON.parse(text))) return;
    const [first] = validate.errors ?? [];
    const fault = `${first?.instancePath} ${first?.message} ${JSON.stringify(first?.params)}`;
    throw new Error(`${where}: not as described: ${fault}: ${text.slice(0, 2_000)}`);
  }
}

/** `{name}` stands for a segment; `{path}` at the end for all that follow. */
function patternOf(path: string): RegExp {
  const pattern = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === "path" ? ".+" : "[^/]+"));
  return new RegExp(`^${pattern.replaceAll(".json", "\\.json")}$`);
}

function wildcards(path: string): number {
  return path.split("{").length;
}
