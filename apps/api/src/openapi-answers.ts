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

/** Puts examples with the good answers of operations. @param examples an example by the operation's id */
export function exemplifyAnswers<T extends object>(document: T, examples: Readonly<Record<string, unknown>>): T {
  const { paths = {} } = document as Description;
  for (const { operationId = "", responses = {} } of Object.values(paths).flatMap(Object.values<Operation>)) {
    const example = examples[operationId];
    if (example === undefined) continue;
    for (const [status, { content = {} }] of Object.entries(responses))
      if (status.startsWith("2")) for (const media of Object.values(content)) media.example = example;
  }
  return document;
}
