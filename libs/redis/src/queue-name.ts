/** The name of the one BullMQ queue. */
export const QUEUE_NAME = "invocations";
