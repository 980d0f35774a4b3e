import { assertEquals } from "@std/assert";
import { createRedactor } from "./_redact.ts";

Deno.test("createRedactor() hides the usual names of secrets, however they are spelled", () => {
  const { hides } = createRedactor();
  const secrets = [
    "password",
    "db_password",
    "PASSWD",
    "passphrase",
    "secret",
    "clientSecret",
    "token",
    "access_token",
    "Authorization",
    "proxy-authorization",
    "apiKey",
    "API_KEY",
    "x-api-key",
    "private.key",
    "set-cookie",
    "credentials",
    "jwt",
    "session_id",
  ];
  for (const key of secrets) assertEquals(hides(key), true, key);
});

Deno.test("createRedactor() leaves other names alone", () => {
  const { hides } = createRedactor();
  for (const key of ["key", "name", "token_count", "author", "pass", "cookies_enabled"]) {
    assertEquals(hides(key), false, key);
  }
});

Deno.test("createRedactor() takes further names, whole ones only", () => {
  const { hides } = createRedactor(["card-number"]);
  assertEquals(hides("cardNumber"), true);
  assertEquals(hides("card_number_length"), false);
  assertEquals(hides("password"), true);
});

Deno.test("createRedactor() answers the same however many keys it has seen", () => {
  const { hides } = createRedactor();
  for (let i = 0; i < 2_000; i++) hides(`key${i}`);
  assertEquals([hides("late_secret"), hides("late_name"), hides("late_secret")], [
    true,
    false,
    true,
  ]);
});

Deno.test("createRedactor() hides what looks like a secret in a text", () => {
  const { text } = createRedactor();
  const cases: readonly (readonly [string, string])[] = [
    ["postgres://root:hunter2@db:5432/x", "postgres://[redacted]@db:5432/x"],
    ["at http://:hunter2@host/ and", "at http://[redacted]@host/ and"],
    ["Authorization: Bearer abc.def-123", "Authorization: Bearer [redacted]"],
    ["basic dXNlcjpodW50ZXIy", "basic [redacted]"],
    ["jwt eyJhbGciOiJI.eyJzdWIiOiIx.c2ln end", "jwt [redacted] end"],
    ["AKIAIOSFODNN7EXAMPLE", "[redacted]"],
    [`x ghp_${"a1".repeat(18)} y`, "x [redacted] y"],
    ["xoxb-123456789012-abc", "[redacted]"],
    ["GET /a?token=hunter2&b=1", "GET /a?token=[redacted]&b=1"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----!", "[redacted]!"],
    ["-----BEGIN PRIVATE KEY-----\ncut off", "[redacted]"],
  ];
  for (const [before, after] of cases) assertEquals(text(before), after);
});

Deno.test("createRedactor() leaves ordinary texts alone", () => {
  const { text } = createRedactor();
  for (
    const ordinary of [
      "http://127.0.0.1:9090/metrics",
      "https://example.com/a@b",
      "the bearer of this",
      "basic settings",
      "count=3 of tokens",
      "key images at revision 12:30",
      "file:///tmp/a:b@c".replace("//", ""),
    ]
  ) assertEquals(text(ordinary), ordinary);
});

Deno.test("createRedactor() takes further patterns, without keeping state in them", () => {
  const iban = /\b[A-Z]{2}\d{20}\b/;
  const { text } = createRedactor([], [iban]);
  for (let i = 0; i < 2; i++) {
    assertEquals(
      text("a DE12345678901234567890, b DE00000000000000000000"),
      "a [redacted], b [redacted]",
    );
  }
  assertEquals(iban.lastIndex, 0);
});

Deno.test("createRedactor() takes time in proportion to the text, whatever that is made of", () => {
  const { text } = createRedactor();
  const pieces = [
    "a.",
    "://",
    "a://",
    "-----BEGIN PRIVATE KEY-----",
    "bearer ",
    "token=",
    "eyJaaaaaaaa.",
  ];
  for (const piece of pieces) {
    // The ending makes every pattern look. In quadratic time this would never end.
    const long = `${piece.repeat(2 ** 20 / piece.length)} ://`;
    assertEquals(text(long).length > 0, true);
  }
});
