import { Agent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { trailersOnly } from "../_client/trailers_only.ts";
import { connectionErrors } from "../_connection_errors.ts";
import { type Channel, type ChannelOptions, transportWire } from "./channel.ts";
import { openSocket } from "./open_socket.ts";
import { createSocketSet } from "./socket_set.ts";

/** Opens a channel over HTTP/1.1, with a connection for each call that is under way. */
export function openHttp1Channel(options: Omit<ChannelOptions, "keepAlive">): Channel {
  const { endpoint, protocol, tls, wire } = options;
  const sockets = createSocketSet();
  const open = () => sockets.add(openSocket(endpoint, tls, "http/1.1"));
  const agent = new (endpoint.secure ? TlsAgent : Agent)({ keepAlive: true });
  agent.createConnection = open;
  const create = protocol === "connect" ? createConnectTransport : createGrpcWebTransport;
  return {
    transport: create({
      baseUrl: endpoint.origin,
      httpVersion: "1.1",
      nodeOptions: { agent },
      interceptors: [
        connectionErrors(endpoint.origin, sockets),
        ...protocol === "grpc-web" ? [trailersOnly] : [],
      ],
      ...transportWire(wire),
    }),
    connect: () =>
      new Promise((resolve) => {
        const socket = open();
        const settle = (reached: boolean) => {
          resolve(reached);
          socket.destroy();
        };
        socket.once(endpoint.secure ? "secureConnect" : "connect", () => settle(true));
        socket.once("error", () => settle(false));
      }),
    close() {
      agent.destroy();
      return sockets.destroy();
    },
  };
}
