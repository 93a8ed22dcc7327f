import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";
import { type Answer, encodeAnswer, type Question, readQuestion } from "./messages.ts";

export type { Answer, Question } from "./messages.ts";

/** A name server on a UDP port of the loopback address. */
export interface NameServer extends AsyncDisposable {
  /** Such as `127.0.0.1:41234`. */
  readonly address: string;
  /** Every question that came, in order, with those that were asked again. */
  readonly questions: readonly Question[];
  /** Resolves as soon as the condition holds, which is looked at now and after every question. */
  until(condition: () => boolean): Promise<void>;
}

/**
 * Starts a name server.
 * @param answerTo the answer to each question; `undefined`: it stays silent, for ever
 */
export async function startNameServer(answerTo: (question: Question) => Answer | undefined): Promise<NameServer> {
  const socket = createSocket("udp4");
  const questions: Question[] = [];
  const waiting = new Set<() => void>();
  socket.on("message", (message: Buffer, { port, address }: RemoteInfo) => {
    const question = readQuestion(message);
    questions.push(question);
    for (const look of waiting) look();
    const answer = answerTo(question);
    if (answer) socket.send(encodeAnswer(message, question, answer), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    until: (condition) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!condition()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    [Symbol.asyncDispose]: async () => {
      socket.close();
      await once(socket, "close");
    },
  };
}
