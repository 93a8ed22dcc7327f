import { randomUUID } from "node:crypto";
import type { ModelRequest, ModelServer, Reply } from "@pifleet/testkit/model-server";

/** What the fake model answers to the first, second, … request of one invocation. */
export type Script = (request: number) => Reply;

const WORD = /part-[\da-f-]{36}/;

/** Lets the fake model answer many invocations at once, each by its script; it tells them apart by a word in the prompt. */
export class Cast {
  readonly #models: ModelServer;
  readonly #scripts = new Map<string, Script>();

  constructor(models: ModelServer) {
    this.#models = models;
    models.otherwise((request) => this.#answer(request));
  }

  /** @returns the word that the prompt must hold */
  add(script: Script): string {
    const word = `part-${randomUUID()}`;
    this.#scripts.set(word, script);
    return word;
  }

  /** What the model was asked by the invocation with this word, oldest first. */
  requests(word: string): ModelRequest[] {
    return this.#models.requests.filter((request) => wordOf(request) === word);
  }

  #answer(request: ModelRequest): Reply {
    const word = wordOf(request);
    const script = this.#scripts.get(word);
    if (!script) throw new Error("A model request of no invocation that has a script");
    return script(this.requests(word).length);
  }
}

function wordOf({ body }: ModelRequest): string {
  return WORD.exec(JSON.stringify(body))?.[0] ?? "";
}
