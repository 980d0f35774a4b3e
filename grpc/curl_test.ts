/** curl as a client: Connect in JSON over HTTP/1.1 and HTTP/2, and what it is told of mistakes. */
import { assertEquals, assertMatch } from "@std/assert";
import { installed, peerTest } from "../tests/_peers.ts";
import { echoService } from "./_echo_testing.ts";
import { packageHandler } from "./_testing.ts";
import { packageService, serve } from "./mod.ts";

const found = await installed("curl", "--version");

interface Answer {
  readonly status: number;
  readonly version: string;
  readonly head: string;
  readonly body: string;
}

async function curl(...args: string[]): Promise<Answer> {
  const { stdout } = await new Deno.Command("curl", {
    args: ["--silent", "--include", "--max-time", "20", ...args],
  }).output();
  const text = new TextDecoder().decode(stdout);
  const at = text.indexOf("\r\n\r\n");
  const [, version = "", status] = /^HTTP\/([\d.]+) (\d+)/.exec(text) ?? [];
  return { status: Number(status), version, head: text.slice(0, at), body: text.slice(at + 4) };
}

/** Runs `test` with a server, on the versions of HTTP that share its port. */
function test(
  name: string,
  run: (endpoint: string, version: readonly string[]) => Promise<void>,
): void {
  for (const [version, flag] of [["HTTP/1.1", "--http1.1"], ["h2c", "--http2-prior-knowledge"]]) {
    peerTest(`curl over ${version} ${name}`, { peer: "curl", found }, async () => {
      const server = await serve({
        services: [
          echoService(),
          packageService(packageHandler({
            getPackage: ({ name }) => Promise.resolve({ package: { name } }),
          })),
        ],
        onError: () => {},
        limits: { maxMessageBytes: 65_536 },
      });
      try {
        await run(`http://127.0.0.1:${server.addr.port}`, [flag!]);
      } finally {
        await server.shutdown();
      }
    });
  }
}

const GET_PACKAGE = "/oaas.package.PackageService/GetPackage";
const json = (body: string) => ["-H", "content-type: application/json", "-d", body];

test("calls by POST and by GET", async (endpoint, version) => {
  const posted = await curl(...version, ...json(`{"name":"images"}`), endpoint + GET_PACKAGE);
  assertEquals(posted.status, 200);
  assertEquals(posted.version, version[0] === "--http1.1" ? "1.1" : "2");
  assertEquals(JSON.parse(posted.body), { package: { name: "images" } });
  const query = `?connect=v1&encoding=json&message=${encodeURIComponent(`{"text":"hi"}`)}`;
  const got = await curl(...version, `${endpoint}/test.Echoes/Read${query}`);
  assertEquals([got.status, JSON.parse(got.body)], [200, { text: "hi" }]);
});

/** What is wrong, how it is asked, and the status, code and sentence that come back; without a code as plain text. */
const mistakes: readonly [string, string, readonly string[], number, string, RegExp][] = [
  [
    "an unknown service",
    "/no.such.Service/Get",
    json("{}"),
    404,
    "unimplemented",
    /^no service answers \/no\.such\.Service\/Get$/,
  ],
  [
    "an unknown method",
    "/test.Echoes/Nothing",
    json("{}"),
    404,
    "unimplemented",
    /^no service answers \/test\.Echoes\/Nothing$/,
  ],
  [
    "a wrong content type",
    GET_PACKAGE,
    ["-H", "content-type: text/plain", "-d", "hi"],
    415,
    "",
    /^GetPackage takes the content types application\/json, .*, not "text\/plain"$/,
  ],
  [
    "GET where it is not allowed",
    "/test.Echoes/Say",
    [],
    405,
    "",
    /called with POST, not with GET$/,
  ],
  ["JSON that is none", GET_PACKAGE, json("{"), 400, "invalid_argument", /from JSON: .*position 1/],
  [
    "a message that is too large",
    GET_PACKAGE,
    json(`{"name":"${"a".repeat(100_000)}"}`),
    429,
    "resource_exhausted",
    /^message size 100011 is larger than .* 65536$/,
  ],
  [
    "a deadline that is over",
    "/test.Echoes/Say",
    ["-H", "connect-timeout-ms: 0", ...json(`{"text":"wait"}`)],
    504,
    "deadline_exceeded",
    /^the operation timed out$/,
  ],
  [
    "a handler that throws a string",
    "/test.Echoes/Say",
    json(`{"text":"throw:the password is 12345"}`),
    500,
    "internal",
    /^internal error$/,
  ],
];

for (const [what, path, args, status, code, sentence] of mistakes) {
  test(`is told of ${what}`, async (endpoint, version) => {
    const answer = await curl(...version, ...args, endpoint + path);
    assertEquals(answer.status, status);
    if (code === "") return void assertMatch(answer.body, sentence);
    const { code: given, message } = JSON.parse(answer.body);
    assertEquals(given, code);
    assertMatch(message, sentence);
  });
}
