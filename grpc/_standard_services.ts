import type { HealthMonitor } from "./_health/monitor.ts";
import { healthServices } from "./_health/services.ts";
import { reflectionServices } from "./_reflection/services.ts";
import type { ServiceRegistration } from "./registration.ts";

/**
 * The services given, and those that every server answers besides: health and
 * reflection. One that is given stands in place of ours.
 */
export function withStandardServices(
  given: readonly ServiceRegistration[],
  monitor: HealthMonitor,
  reflection: boolean,
): readonly ServiceRegistration[] {
  // Nothing to serve is a mistake, which the router names.
  if (given.length === 0) return given;
  const all = [...given];
  const names = new Set(given.map(({ service }) => service.typeName));
  const ours = [
    ...healthServices(monitor, () => all.map(({ service }) => service.typeName)),
    ...(reflection ? reflectionServices(() => all.map(({ service }) => service)) : []),
  ];
  all.push(...ours.filter(({ service }) => !names.has(service.typeName)));
  return all;
}
