// The only file that knows etcd3 and grpc-js. etcd3 offers no way to call a service without its
// own retries, circuit breaker and watcher, each of which loses or repeats something; what it has
// beneath them is taken from a module that it doesn't document. A test says when that moves.
import {
  Channel,
  type ChannelCredentials,
  type Client,
  connectivityState,
  credentials,
  Metadata,
} from "@grpc/grpc-js";
import { Host } from "etcd3/lib/connection-pool.js";
import type { ClientHttp2Session } from "node:http2";
import { isIP } from "node:net";
import { checkServerIdentity, createSecureContext, type PeerCertificate } from "node:tls";
import type { EtcdService, WatchRequest, WatchResponse } from "./_wire.ts";
import type { EtcdTls } from "./options.ts";

/** What gRPC says of a call that failed. */
export interface GrpcFailure {
  readonly code: number;
  readonly details: string;
}

/** A call under way. */
export interface Call<T> {
  readonly response: Promise<T>;
  cancel(): void;
}

/** What is told of a watch stream. */
export interface StreamListener {
  message(response: WatchResponse): void;
  end(failure: GrpcFailure): void;
}

/** A watch stream. */
export interface WatchStream {
  pause(): void;
  resume(): void;
  cancel(): void;
}

/** What goes along with a call. */
export type CallMetadata = Metadata;

/** A member of the cluster. */
export interface Endpoint {
  readonly url: string;
  /** Whether there is a connection now. */
  connected(): boolean;
  /** Waits until there is a connection, or surely none, or the time is over. */
  settled(deadline: number): Promise<void>;
  unary<T>(
    service: EtcdService,
    method: string,
    request: unknown,
    metadata: CallMetadata,
    deadline: number,
  ): Call<T>;
  watch(request: WatchRequest, metadata: CallMetadata, listener: StreamListener): WatchStream;
  close(): Promise<void>;
}

/** Opens endpoints; tests put others in its place. */
export type Connect = (url: string, tls: EtcdTls | undefined) => Endpoint;

const OPTIONS = {
  // A page of the store's may be larger than gRPC's limit of 4 MiB.
  "grpc.max_receive_message_length": -1,
  // What to repeat is decided in _cluster.ts.
  "grpc.enable_retries": 0,
  "grpc.service_config_disable_resolution": 1,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 1000,
  // etcd ends connections that ping more often than every 5 s.
  "grpc.keepalive_time_ms": 5500,
  "grpc.keepalive_timeout_ms": 2000,
  "grpc.use_local_subchannel_pool": 1,
};

// TLS knows no IP addresses as server names, and Deno refuses them: a name that can't exist
// stands in, and the certificate is checked for the address.
const NO_NAME = "ip-address.invalid";

function security(url: URL, tls: EtcdTls | undefined): {
  readonly credentials: ChannelCredentials;
  readonly options: Record<string, string>;
} {
  if (url.protocol !== "https:") return { credentials: credentials.createInsecure(), options: {} };
  const name = tls?.serverName ?? url.hostname.replace(/^\[(.*)\]$/, "$1");
  const address = isIP(name) !== 0;
  const context = createSecureContext({
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls?.cert === undefined ? {} : { cert: tls.cert, key: tls.key }),
  });
  return {
    credentials: credentials.createFromSecureContext(
      context,
      address
        ? {
          checkServerIdentity: (_: string, cert: PeerCertificate) =>
            checkServerIdentity(name, cert),
        }
        : {},
    ),
    options: { "grpc.ssl_target_name_override": address ? NO_NAME : name },
  };
}

type UnaryMethod = (
  request: unknown,
  metadata: Metadata,
  options: { deadline: number },
  done: (error: GrpcFailure | null, response: never) => void,
) => { cancel(): void };

type OpenDuplex = (metadata: Metadata, options: { deadline: number }) => DuplexCall;

interface DuplexCall {
  on(event: string, listener: (value: never) => void): void;
  write(request: unknown): void;
  pause(): void;
  resume(): void;
  cancel(): void;
}

/** What a channel of grpc-js is inside, as far as closing it takes. */
export interface ChannelInside {
  readonly internalChannel: {
    readonly subchannelPool: {
      readonly pool: Readonly<Record<string, readonly { readonly subchannel: Subchannel }[]>>;
    };
  };
}

interface Subchannel {
  readonly transport: { readonly session: ClientHttp2Session } | null;
  readonly backoffTimeout: { stop(): void };
}

/** Closes a channel and waits until its connection is closed, for which grpc-js has no way. */
export async function closeChannel(channel: Channel): Promise<void> {
  const { subchannelPool } = (channel as unknown as ChannelInside).internalChannel;
  const subchannels = Object.values(subchannelPool.pool).flat();
  const sessions = subchannels.map(({ subchannel }) => subchannel.transport?.session);
  channel.close();
  // It would try to connect once more.
  for (const { subchannel } of subchannels) subchannel.backoffTimeout.stop();
  await Promise.all(sessions.map((session) =>
    new Promise<void>((resolve) => {
      if (!session || session.destroyed) return resolve();
      session.once("close", () => resolve());
      // The calls have ended: there is nothing to wait for, least of all a peer that hangs.
      session.destroy();
    })
  ));
}

/** Makes what goes along with each call. */
export function metadataOf(token: string | undefined): CallMetadata {
  const metadata = new Metadata();
  // A member without a leader then says so, where it would otherwise wait or answer old things.
  metadata.set("hasleader", "true");
  if (token !== undefined) metadata.set("token", token);
  return metadata;
}

/** Connects to a member. Nothing is sent before the first call. */
export const connect: Connect = (url, tls) => {
  const parsed = new URL(url);
  const { credentials, options } = security(parsed, tls);
  const address = `${parsed.hostname}:${parsed.port || 2379}`;
  const channel = new Channel(`dns:${address}`, credentials, { ...OPTIONS, ...options });
  // All services over one connection.
  const host = new Host(address, credentials, { channelOverride: channel });
  const service = (name: EtcdService) =>
    host.getServiceClient(name) as Client & Record<string, UnaryMethod>;
  const state = () => channel.getConnectivityState(true);
  return {
    url,
    connected: () => channel.getConnectivityState(false) === connectivityState.READY,
    async settled(deadline) {
      for (;;) {
        const now = state();
        if (now !== connectivityState.IDLE && now !== connectivityState.CONNECTING) return;
        const late = await new Promise<boolean>((resolve) =>
          channel.watchConnectivityState(now, deadline, (error) => resolve(error !== undefined))
        );
        if (late) return;
      }
    },
    unary<T>(
      name: EtcdService,
      method: string,
      request: unknown,
      metadata: Metadata,
      deadline: number,
    ): Call<T> {
      let cancel = () => {};
      const response = new Promise<T>((resolve, reject) => {
        if (method === "leaseKeepAlive") {
          // The one stream that is used as a call: a request, and its response.
          const open = service(name)[method] as unknown as OpenDuplex;
          const call = open.call(service(name), metadata, { deadline });
          cancel = () => call.cancel();
          call.on("data", (response: T) => {
            resolve(response);
            call.cancel();
          });
          call.on("error", reject);
          call.on("end", () => reject({ code: 14, details: "the stream has ended" }));
          call.write(request);
          return;
        }
        const call = service(name)[method]!(request, metadata, { deadline }, (error, response) => {
          if (error) reject(error);
          else resolve(response);
        });
        cancel = () => call.cancel();
      });
      return { response, cancel };
    },
    watch(request, metadata, listener) {
      const open = service("Watch")["watch"] as unknown as (metadata: Metadata) => DuplexCall;
      const call = open.call(service("Watch"), metadata);
      call.on("data", (response: WatchResponse) => listener.message(response));
      // Every stream ends with one of these two.
      call.on("error", (error: GrpcFailure) => listener.end(error));
      call.on("end", () => listener.end({ code: 14, details: "the stream has ended" }));
      call.write(request);
      return {
        pause: () => call.pause(),
        resume: () => call.resume(),
        cancel: () => call.cancel(),
      };
    },
    close() {
      const closed = closeChannel(channel);
      host.close();
      return closed;
    },
  };
};
