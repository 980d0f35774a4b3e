import type { KeyValueStore } from "../port.ts";
/** x */
export interface TestStoreOptions {
  readonly name?: string;
}
/** x */
export function testStore(
  _factory: () => KeyValueStore | Promise<KeyValueStore>,
  _options: TestStoreOptions = {},
): void {}
