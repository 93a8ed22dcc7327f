import { bold, red } from "./progress.mjs";

/** A set-up that cannot go on, for a reason that the user can do something about. */
export class SetupFailure extends Error {
  /** The end of the output of the program that failed, if one did. */
  #output;

  /**
   * @param {string} message one paragraph: what is missing and what to do
   * @param {string} [output] what the program that failed had to say
   */
  constructor(message, output = "") {
    super(message);
    this.name = "SetupFailure";
    this.#output = output;
  }

  /** The failure as it is shown to the user. */
  report() {
    const tail = this.#output.trim().split("\n").slice(-20).join("\n");
    return `${tail ? `${tail}\n\n` : ""}${red("✗")} ${bold(this.message)}`;
  }
}
