import type { AddressInfo, Server } from "node:net";
import type { ServerAddress } from "../server_options.ts";

/** Binds the server; rejects with an error that names the address. */
export function bind(
  server: Server,
  { hostname, port }: ServerAddress,
): Promise<ServerAddress> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error & { code?: string }) => {
      const why = error.code === "EADDRINUSE" ? "the port is in use" : error.message;
      reject(new Error(`Cannot listen on ${hostname}:${port}: ${why}`, { cause: error }));
    };
    server.once("error", refuse);
    server.listen({ host: hostname, port }, () => {
      server.off("error", refuse);
      // An error of accept() (out of files) must not end the process.
      server.on("error", () => {});
      const { address, port: taken } = server.address() as AddressInfo;
      resolve({ hostname: address, port: taken });
    });
  });
}
