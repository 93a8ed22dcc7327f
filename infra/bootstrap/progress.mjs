// Progress goes to stderr, one line a step, so that stdout stays the command's own.

const coloured = !process.env.NO_COLOR && (process.stderr.isTTY || Boolean(process.env.FORCE_COLOR));

/** @param {number} code @returns {(text: string) => string} */
const paint = (code) => (text) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);

export const bold = paint(1);
const dim = paint(2);
export const red = paint(31);
const green = paint(32);
const yellow = paint(33);

/** @param {string} text a line for the user */
export function note(text) {
  process.stderr.write(`${text}\n`);
}

/** @param {string} text a line about something that the user should know */
export function warn(text) {
  note(`${yellow("!")} ${text}`);
}

/**
 * Does a piece of work that takes its time, and says so in one line, with the time that it took.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const startedAt = performance.now();
  process.stderr.write(`${dim("•")} ${title} ${dim("… ")}`);
  try {
    const result = await work();
    note(`${green("done")} ${dim(`(${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)}`);
    return result;
  } catch (error) {
    note(red("failed"));
    throw error;
  }
}
