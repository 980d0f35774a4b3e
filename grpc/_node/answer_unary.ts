import type { Readable } from "node:stream";
import type { UnaryReception } from "../_unary/handler.ts";
import type { UnaryAnswer } from "../_unary/request.ts";

/** Reads the body of a unary request as far as it is taken, and sends the answer. */
export function answerUnary(
  reception: UnaryReception,
  body: Readable,
  send: (answer: UnaryAnswer) => void,
): void {
  const { collector, refused } = reception;
  let answered = false;
  function answer(whole: Parameters<UnaryReception["answer"]>[0]): void {
    if (answered) return;
    answered = true;
    reception.answer(whole).then(send);
  }
  if (refused !== undefined) answer(refused);
  body.on("data", (chunk: Uint8Array) => {
    // What comes after the answer is read and dropped, so that the request can end.
    if (answered || collector === undefined) return;
    const error = collector.push(chunk);
    if (error !== undefined) answer(error);
  });
  body.on("end", () => answer(collector?.whole() ?? new Uint8Array(0)));
}
