import { createParser } from "eventsource-parser";

/** A connection on which nothing comes, not even a heartbeat, may be dead without either side having been told. */
const LONGEST_SILENCE_MS = 60_000;

/** One message of an event stream. */
interface Message {
  readonly id?: string | undefined;
  readonly data: string;
}

/**
 * The messages of an event stream, as they come. Ends when the server ends it, and likewise when the connection is
 * cut or silent for a minute: what to do is the same.
 * @throws the signal's reason once it is aborted
 */
export async function* readMessages(
  response: Response,
  signal?: AbortSignal,
): AsyncGenerator<Message, void, undefined> {
  const reader = response.body?.getReader();
  if (!reader) return;
  const messages: Message[] = [];
  const parser = createParser({ onEvent: (message) => messages.push(message) });
  const decoder = new TextDecoder();
  for (;;) {
    const bytes = await nextBytes(reader);
    signal?.throwIfAborted();
    if (!bytes) return;
    parser.feed(decoder.decode(bytes, { stream: true }));
    yield* messages.splice(0);
  }
}

/** What the server sent next; `undefined` when nothing more will come. The time that the caller takes is not silence. */
async function nextBytes(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, LONGEST_SILENCE_MS, undefined);
  });
  // A broken connection is no error here: the stream is resumed, as after an orderly end.
  const cut = () => undefined;
  try {
    return await Promise.race([reader.read().then(({ value }) => value, cut), silence]);
  } finally {
    clearTimeout(timer);
  }
}
