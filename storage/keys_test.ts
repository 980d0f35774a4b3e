import { assert, assertEquals, assertThrows } from "@std/assert";
import { StorageError } from "./errors.ts";
import {
  checkKeyPrefix,
  clusterMappingKey,
  deploymentKey,
  deploymentStatusKey,
  packageKey,
  runtimeKey,
} from "./keys.ts";

Deno.test("keys are laid out as the platform's", () => {
  assertEquals(packageKey("/oaas", "image"), "/oaas/packages/image");
  assertEquals(deploymentKey("/oaas", "d1"), "/oaas/deployments/d1");
  assertEquals(clusterMappingKey("/oaas", "d1", "eu"), "/oaas/deployments/d1/clusters/eu");
  assertEquals(deploymentStatusKey("/oaas", "u1"), "/oaas/deployment-statuses/u1");
  assertEquals(runtimeKey("", "i1"), "/runtimes/i1");
});

Deno.test("keys refuse names that would break the layout, and name them", () => {
  const makers = [
    (name: string) => packageKey("/oaas", name),
    (name: string) => deploymentKey("/oaas", name),
    (name: string) => clusterMappingKey("/oaas", name, "eu"),
    (name: string) => clusterMappingKey("/oaas", "d1", name),
    (name: string) => deploymentStatusKey("/oaas", name),
    (name: string) => runtimeKey("/oaas", name),
  ];
  for (const make of makers) {
    for (const name of ["", "a/b", "/", "a b", "a\n", "ü", "\0"]) {
      const error = assertThrows(() => make(name), StorageError);
      assertEquals(error.code, "invalid");
      assert(error.message.includes(JSON.stringify(name)), error.message);
    }
  }
});

Deno.test("checkKeyPrefix() refuses prefixes that can't be", () => {
  for (const prefix of ["", "/oaas", "a/b"]) assertEquals(checkKeyPrefix(prefix), prefix);
  for (const prefix of ["/oaas/", "/", "a b", "ü", "x".repeat(201)]) {
    assertEquals(assertThrows(() => checkKeyPrefix(prefix), StorageError).code, "invalid");
  }
});
