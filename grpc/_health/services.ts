import { Code, ConnectError } from "@connectrpc/connect";
import { HealthService } from "@oprc/proto/health";
import { Health } from "../gen/grpc/health/v1/health_pb.ts";
import { type CallContext, registerService, type ServiceRegistration } from "../registration.ts";
import { type HealthMonitor, SERVICE_UNKNOWN } from "./monitor.ts";

/**
 * `grpc.health.v1` and `oaas.health` over one monitor. Every service that is served
 * has the health of the whole server, which the empty name stands for.
 */
export function healthServices(
  monitor: HealthMonitor,
  served: () => readonly string[],
): ServiceRegistration[] {
  const isKnown = (service: string) => service === "" || served().includes(service);

  async function check({ service }: { service: string }): Promise<{ status: number }> {
    if (!isKnown(service)) {
      throw new ConnectError(`no service is named ${service}`, Code.NotFound);
    }
    return { status: await monitor.status() };
  }
  async function* watch({ service }: { service: string }, { signal }: CallContext) {
    // As the protocol says: an unknown service is watched until it is known, here for ever.
    if (!isKnown(service)) yield { status: SERVICE_UNKNOWN };
    for await (const status of monitor.watch(signal)) {
      if (isKnown(service)) yield { status };
    }
  }
  async function list() {
    const status = await monitor.status();
    return {
      statuses: Object.fromEntries(["", ...served()].map((service) => [service, { status }])),
    };
  }
  return [
    registerService(Health, { check, watch, list }),
    registerService(HealthService, { check, watch }),
  ];
}
