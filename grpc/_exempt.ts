/** Services that whoever runs the server must reach when others can't. */
const HEALTH = new Set(["grpc.health.v1.Health", "oaas.health.HealthService"]);

/** Whether a service is one of health: no limit keeps a probe away. */
export function isHealth(service: { readonly typeName: string }): boolean {
  return HEALTH.has(service.typeName);
}
