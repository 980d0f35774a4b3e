/** As in other gRPC implementations. */
const DEFAULT_MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/**
 * Checks a limit on messages; `name` is how the caller knows it.
 *
 * @throws {RangeError} when it is not a whole number from 1 to 4294967295.
 */
export function maxMessageBytesOf(given: number | undefined, name: string): number {
  const bytes = given ?? DEFAULT_MAX_MESSAGE_BYTES;
  if (!Number.isInteger(bytes) || bytes < 1 || bytes > 0xffff_ffff) {
    throw new RangeError(`Cannot use ${name} ${bytes}: it is a whole number from 1 to 4294967295`);
  }
  return bytes;
}
