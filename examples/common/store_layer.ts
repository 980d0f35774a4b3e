/** A layer of the configuration that is kept in a store, for all who share it. */
import type { RemoteLayer } from "@oprc/config";
import { follow, type KeyValueStore } from "@oprc/storage";

/** What leads to the store, or names the settings in it, can't come from there. */
const OUTSIDE = /^(?:storage|service_name)(?:\.|$)/;

/**
 * The settings under a prefix of a store: the key `<prefix>observability.log_level` holds the
 * text `debug`. Each change of them reaches who watches the configuration.
 */
export function storeLayer(store: KeyValueStore, prefix: string): RemoteLayer {
  return {
    name: `etcd ${prefix}`,
    async *watch({ signal }) {
      const settings = new Map<string, string>();
      const text = new TextDecoder();
      let told = false;
      for await (const { events, complete } of follow(store, prefix, { signal })) {
        for (const event of events) {
          const path = event.key.slice(prefix.length);
          if (event.type === "delete") settings.delete(path);
          else settings.set(path, text.decode(event.value));
        }
        const wrong = [...settings.keys()].find((path) => OUTSIDE.test(path));
        if (wrong !== undefined) {
          throw new Error(`the key ${prefix}${wrong} names a setting that must be known before`);
        }
        if (!complete || (told && events.length === 0)) continue;
        told = true;
        yield Object.fromEntries(settings);
      }
    },
  };
}
