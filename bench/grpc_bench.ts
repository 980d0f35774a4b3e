// runtimes: deno
/**
 * Servers under h2load (Debian's nghttp2-client) and clients beside each other, on
 * Deno and, bundled, on Node. Each server runs in a process of its own, and they take
 * turns, so that what else the machine does hits all alike.
 */
import { importMap } from "./_import_map.ts";
import { runtimeName } from "./_compare.ts";
import { compareServers, prepareLoads } from "./_grpc_server_bench.ts";
import { folder, program, protoDir, type Runtime, startServer } from "./_grpc_servers.ts";

const decoder = new TextDecoder();

async function compareClients(runtime: Runtime) {
  const server = await startServer(await program("_grpc_server", "node"), "oprc");
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
  const { stdout } = await new Deno.Command("node", { args: ["--version"] }).output();
  const names = {
    deno: runtimeName(),
    node: `Node ${decoder.decode(stdout).trim().slice(1)}`,
  };
  for (const runtime of ["deno", "node"] as const) {
    await compareServers(runtime, names[runtime]);
    await compareClients(runtime);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
