/**
 * What an async function with try and catch does, for one promise in place of three.
 *
 * @param onError throws, what it got or another error
 */
export function settle<Request, Answer>(
  call: (request: Request) => Promise<Answer>,
  request: Request,
  onValue: (value: Answer) => Answer,
  onError: (error: unknown) => never,
): Promise<Answer> {
  let answer: Promise<Answer>;
  try {
    answer = call(request);
  } catch (error) {
    answer = Promise.reject(error);
  }
  // What is no promise, though it should be, was fine with `await` too.
  return (answer instanceof Promise ? answer : Promise.resolve(answer)).then(onValue, onError);
}
