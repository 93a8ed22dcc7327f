/** What this program was started with by `Program`; it ends when whoever started it is gone. */
export function programArguments<T>(): T {
  process.once("disconnect", () => process.exit(0));
  return JSON.parse(process.argv[2] ?? "null") as T;
}
