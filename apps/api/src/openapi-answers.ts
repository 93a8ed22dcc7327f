interface Answer {
  readonly content?: Record<string, { example?: unknown }>;
}

interface Operation {
  readonly operationId?: string;
  readonly responses?: Record<string, Answer>;
}

interface Description {
  readonly paths?: Record<string, Record<string, Operation>>;
}

/** What operations answer with, by their ids. */
export interface AnswerExamples {
  /** In JSON, where that says more than the example of its schema. */
  readonly json: Readonly<Record<string, unknown>>;
  /** In any other form. */
  readonly text: Readonly<Record<string, string>>;
}

/** Puts examples with the good answers of operations. */
export function exemplifyAnswers<T extends object>(document: T, { json, text }: AnswerExamples): T {
  const { paths = {} } = document as Description;
  for (const { operationId = "", responses = {} } of Object.values(paths).flatMap(Object.values<Operation>)) {
    for (const [status, { content = {} }] of Object.entries(responses)) {
      if (!status.startsWith("2")) continue;
      for (const [type, media] of Object.entries(content)) {
        const example = type === "application/json" ? json[operationId] : text[operationId];
        if (example !== undefined) media.example = example;
      }
    }
  }
  return document;
}
