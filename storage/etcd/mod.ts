/**
 * A store on an etcd cluster, of version 3.4 or later.
 *
 * A write that surely wasn't applied is tried again within its deadline, at another member if need
 * be; one that may have been is `"unknown"` and never repeated. Watches go on over lost
 * connections and members from the last commit that they delivered.
 *
 * @example
 * ```ts ignore
 * import { etcdStorageFactory } from "@oprc/storage/etcd";
 * import { create } from "@bufbuild/protobuf";
 * import { OPackageSchema } from "@oprc/proto/package";
 *
 * const storage = await etcdStorageFactory({
 *   endpoints: ["https://etcd-0:2379", "https://etcd-1:2379", "https://etcd-2:2379"],
 *   credentials: { username: "oaas", password: "..." },
 * });
 * const packages = storage.createPackageStorage();
 * await packages.storePackage(create(OPackageSchema, { name: "image" }), { expect: null });
 * await storage[Symbol.asyncDispose]();
 * ```
 *
 * @module
 */
export { etcdStorageFactory, type EtcdStorageFactoryOptions, etcdStore } from "./store.ts";
export type { EtcdCredentials, EtcdStoreOptions, EtcdTls } from "./options.ts";
