// runtimes: deno
/**
 * Servers under h2load (Debian's nghttp2-client) and clients beside each other, on
 * Deno and, bundled, on Node 20 and 24. Each server runs in a process of its own, and they
 * take turns, so that what else the machine does hits all alike. About five minutes.
 */
import { compareClients } from "./_grpc_client_bench.ts";
import { compareServers, prepareLoads } from "./_grpc_server_bench.ts";
import { findRuntimes, folder } from "./_grpc_servers.ts";
import { importMap } from "./_import_map.ts";

try {
  await Deno.writeTextFile(`${folder}/map.json`, JSON.stringify(importMap()));
  await prepareLoads();
  const runtimes = await findRuntimes();
  for (const runtime of runtimes) {
    await compareServers(runtime);
    await compareClients(runtime, runtimes.at(-1)!);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
