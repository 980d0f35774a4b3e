/** How much of a buffer that a page's small values share, in bytes; who keeps one keeps all of it. */
const SHARED_BYTES = 16_384;

/**
 * Makes a function that copies the values of a page. Small ones share buffers: one for each
 * value takes half of the time that a page of 500 records of 1 KiB spends here.
 */
export function createCopier(): (bytes: Uint8Array) => Uint8Array<ArrayBuffer> {
  let shared = new Uint8Array(0);
  let used = 0;
  return (bytes) => {
    const { length } = bytes;
    if (length > SHARED_BYTES / 4) return new Uint8Array(bytes);
    if (used + length > shared.length) {
      shared = new Uint8Array(SHARED_BYTES);
      used = 0;
    }
    const copy = shared.subarray(used, used += length);
    copy.set(bytes);
    return copy;
  };
}
