/** From what a configuration says about storage to what opens it. */
import type { EtcdTlsConfig, StorageConfig } from "@oprc/config";
import type { StorageOptions } from "@oprc/storage";
import type { EtcdTls } from "@oprc/storage/etcd";

/** Reads the files that the configuration names, which loading it has found right. */
export async function storageOptions(config: StorageConfig): Promise<StorageOptions> {
  const { etcd, ...rest } = config;
  if (etcd === undefined) return rest;
  return { ...rest, etcd: { ...etcd, tls: etcd.tls && await readTls(etcd.tls) } };
}

async function readTls({ caFile, certFile, keyFile, serverName }: EtcdTlsConfig): Promise<EtcdTls> {
  const read = (path: string | undefined) => path === undefined ? path : Deno.readTextFile(path);
  const [ca, cert, key] = await Promise.all([caFile, certFile, keyFile].map(read));
  return { ca, cert, key, serverName };
}
