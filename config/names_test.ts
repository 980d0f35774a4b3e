import { assertEquals } from "@std/assert";
import { fileName, remembered, trimSlashes } from "./values.ts";

Deno.test("remembered() asks once, and never keeps more than some answers", () => {
  let asked = 0;
  const length = remembered((text) => {
    asked++;
    return text.length;
  });
  assertEquals([length("abc"), length("abc"), asked], [3, 3, 1]);
  for (let i = 0; i < 5000; i++) length(`key ${i}`);
  assertEquals([length("abc"), asked], [3, 5002]);
});

Deno.test("fileName() puts an underscore before every word", () => {
  const names = {
    port: "port",
    keyPrefix: "key_prefix",
    key_prefix: "key_prefix",
    otlpEndpoint2: "otlp_endpoint2",
    http2Port: "http2_port",
    HTTPServer: "http_server",
    parseURL: "parse_url",
    URLsOf: "ur_ls_of",
    aB: "a_b",
    AB: "ab",
    "eu-West": "eu-west",
    "éA": "éa",
    "": "",
  };
  for (const [field, name] of Object.entries(names)) assertEquals(fileName(field), name, field);
});

Deno.test("trimSlashes() keeps the root", () => {
  const folders = { "a/": "a", "a/b//": "a/b", "a\\": "a", "/": "/", "//": "/", "": "" };
  for (const [path, folder] of Object.entries(folders)) assertEquals(trimSlashes(path), folder);
});
