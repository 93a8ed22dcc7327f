/** A time below this is too short to be compared, milliseconds of CPU. */
const NEGLIGIBLE_MS = 100;
const TRIES = 3;
/** Linear time doubles with its text, quadratic time takes four times as long. */
const MOST_GROWTH = 3;

export interface Growth {
  readonly isLinear: boolean;
  /** Milliseconds of CPU for the text and for one twice as long, the least of several tries. */
  readonly onceMs: number;
  readonly twiceMs: number;
}

/**
 * Compares what a function takes for a text and for one twice as long. It measures the CPU time of this thread, so that
 * a busy machine changes nothing, and takes the least of some tries.
 * @param textOf makes a text of about so many characters
 */
export function growthOf(run: (text: string) => unknown, textOf: (length: number) => string, length: number): Growth {
  const [once, twice] = [textOf(length), textOf(2 * length)];
  const twiceMs = leastMs(run, twice);
  if (twiceMs < NEGLIGIBLE_MS) return { isLinear: true, onceMs: 0, twiceMs };
  const onceMs = leastMs(run, once);
  return { isLinear: twiceMs <= MOST_GROWTH * onceMs, onceMs, twiceMs };
}

function leastMs(run: (text: string) => unknown, text: string): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < TRIES && least > NEGLIGIBLE_MS; i += 1) {
    const before = process.threadCpuUsage();
    run(text);
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}

/** Texts that are hard for careless code: one character or one beginning, again and again. */
export const HARD_TEXTS: readonly string[] = [
  ...[
    "x",
    "a1",
    "A",
    "0",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\\",
    '"',
    "'",
    "`",
    "%",
    "%25",
    "=",
    ":",
    ";",
    ",",
    ".",
    "-",
    "_",
    "/",
  ],
  ...[
    "@",
    "(",
    "<",
    "{",
    "[",
    "$",
    "&",
    "+",
    "|",
    "~",
    "!",
    "?",
    "*",
    "\0",
    "\x1b",
    "\x1b[",
    "\x1b[1;",
    "é",
    "😀",
    "\ud83d",
  ],
  ...[
    "\\n",
    "\\\\",
    "\\u0041",
    "\\u00",
    "%41",
    "a=",
    "a=b,",
    "a; ",
    "a:b@",
    "://",
    "://a:",
    '="',
    '\\"',
    " a",
    "a ",
    "- ",
  ],
  ...["eyJ", "eyJ-", "eyJabcdefgh.", "sk-", "sk-a1", "sk-ant-", "gh", "ghp_", "AKIA", "bearer ", "basic a", "Bearer\t"],
  ...["password=", 'password="', "password: ", "api_key: '", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----\n", "token "],
  ...[
    "model ",
    "invalid ",
    "no api",
    "not found",
    "too many requests",
    "../",
    "%2e",
    "<Key>",
    "&#x41;",
    "wait=",
    "q=0.",
  ],
];
