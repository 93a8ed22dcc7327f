/** The exit codes of shell commands, by tool call: Pi puts them into words only. */
export class ToolExits {
  readonly #codes = new Map<string, number>();

  set(callId: string, exitCode: number): void {
    this.#codes.set(callId, exitCode);
  }

  /** The exit code of a call that has ended; it is forgotten then. */
  take(callId: string): number | undefined {
    const exitCode = this.#codes.get(callId);
    this.#codes.delete(callId);
    return exitCode;
  }
}
