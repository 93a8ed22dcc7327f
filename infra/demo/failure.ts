/** What kept the demo from its end; the message is for the user. */
export class DemoFailure extends Error {
  override readonly name = "DemoFailure";
}
