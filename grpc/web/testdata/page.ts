/** What browser_test.ts bundles for a page: calls a server of another origin, and tells the tale. */
import { Code, ConnectError } from "@connectrpc/connect";
import {
  createServiceClient,
  errorReasonOf,
  HealthClient,
  PackageClient,
  validationIssuesOf,
  type WebProtocol,
} from "../mod.ts";
import { Echoes } from "../../_echoes_testing.ts";

const endpoint = new URLSearchParams(location.search).get("endpoint")!;
const seen: string[] = [];
const tell = () => fetch("/done", { method: "POST", body: seen.join("\n") });
addEventListener("error", ({ message }) => {
  seen.push(message);
  tell();
});

const codeOf = (error: unknown) => error instanceof ConnectError ? Code[error.code] : String(error);
async function told(name: string, run: () => Promise<unknown>): Promise<void> {
  seen.push(`${name}: ${await run().then(String, (error) => `threw ${codeOf(error)}`)}`);
}
interface EchoCalls {
  say(request: object, options?: object): Promise<{ text: string }>;
  expand(request: object): AsyncIterable<{ count: number }>;
}

for (const protocol of ["connect", "grpc-web"] as WebProtocol[]) {
  const packages = PackageClient.connect(endpoint, { protocol, timeoutMs: 5000 });
  const health = HealthClient.connect(endpoint, { protocol });
  const echoes = createServiceClient(Echoes, endpoint, { protocol });
  const call = echoes.call as unknown as EchoCalls;
  const given: { header?: Headers } = {};
  const onHeader = (header: Headers) => given.header = header;

  await told(`${protocol} unary`, () => packages.createPackage({ name: "images" }));
  await told(`${protocol} absent`, () => packages.getPackage("absent"));
  await told(`${protocol} large`, async () => {
    return (await call.say({ text: "large:300000" })).text.length;
  });
  await told(`${protocol} headers`, async () => {
    await call.say({ text: "headers" }, { headers: { "x-in": "there and back" }, onHeader });
    return given.header?.get("x-in");
  });
  await told(`${protocol} details`, async () => {
    const error = await packages.createPackage({ name: "" }).catch((error) => error);
    return `${codeOf(error)} ${validationIssuesOf(error)[0]?.path}`;
  });
  await told(`${protocol} reason`, async () => {
    const error = await packages.deletePackage("busy").catch((error) => error);
    return `${codeOf(error)} ${errorReasonOf(error)?.reason}`;
  });
  await told(`${protocol} stream`, async () => {
    const counts: number[] = [];
    for await (const { count } of call.expand({ text: "ok", count: 3 })) counts.push(count);
    return counts;
  });
  await told(`${protocol} broken stream`, async () => {
    for await (const _ of call.expand({ text: `fail:${Code.Aborted}`, count: 1 }));
  });
  await told(`${protocol} watch`, async () => {
    for await (const state of health.watch()) return state;
  });
  await told(`${protocol} deadline`, () => call.say({ text: "wait" }, { timeoutMs: 50 }));
  await told(`${protocol} abort`, () => {
    return call.say({ text: "wait" }, { signal: AbortSignal.timeout(20) });
  });
  await told(`${protocol} nobody there`, async () => {
    const nobody = PackageClient.connect("http://127.0.0.1:1", { protocol });
    await nobody.getPackage("a");
  });
  await Promise.all([packages.close(), health.close(), echoes.close()]);
}
await tell();
