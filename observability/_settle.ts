/**
 * What an async function with try and catch does, for one promise in place of three.
 *
 * @param onError is told; the error goes on
 */
export function settle<T>(
  call: () => Promise<T>,
  onValue: (value: T) => T,
  onError: (error: unknown) => void,
): Promise<T> {
  let answer: Promise<T>;
  try {
    answer = call();
  } catch (error) {
    onError(error);
    return Promise.reject(error);
  }
  // What is no promise, though it should be, was fine with `await` too.
  return (answer instanceof Promise ? answer : Promise.resolve(answer)).then(onValue, (error) => {
    onError(error);
    throw error;
  });
}
