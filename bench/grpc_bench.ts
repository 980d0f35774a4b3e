// runtimes: deno
/**
 * Servers under h2load (Debian's nghttp2-client) and clients beside each other, on
 * Deno and, bundled, on Node 20 and 24. Each server runs in a process of its own, and they
 * take turns, so that what else the machine does hits all alike. About five minutes.
 */
import { importMap } from "./_import_map.ts";
import { compareServers, prepareLoads } from "./_grpc_server_bench.ts";
import {
  findRuntimes,
  folder,
  program,
  protoDir,
  type Runtime,
  startServer,
} from "./_grpc_servers.ts";

const decoder = new TextDecoder();

/** Against one server, on the last of the runtimes, so that only the clients differ. */
async function compareClients(runtime: Runtime, serving: Runtime) {
  const server = await startServer(await program("_grpc_server", serving), "oprc");
  try {
    const [command, args] = await program("_grpc_client", runtime);
    const { stdout, success } = await new Deno.Command(command, {
      args: [...args, String(server.port), protoDir],
      stderr: "inherit",
    }).output();
    if (!success) throw new Error("the clients failed");
    console.log(decoder.decode(stdout).trim());
  } finally {
    await server.stop();
  }
}

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
