import { assertEquals } from "@std/assert";
import { createRedactor } from "./_redact.ts";

Deno.test("createRedactor() hides the usual names of secrets, however they are spelled", () => {
  const hides = createRedactor();
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
  const hides = createRedactor();
  for (const key of ["key", "name", "token_count", "author", "pass", "cookies_enabled"]) {
    assertEquals(hides(key), false, key);
  }
});

Deno.test("createRedactor() takes further names, whole ones only", () => {
  const hides = createRedactor(["card-number"]);
  assertEquals(hides("cardNumber"), true);
  assertEquals(hides("card_number_length"), false);
  assertEquals(hides("password"), true);
});

Deno.test("createRedactor() answers the same however many keys it has seen", () => {
  const hides = createRedactor();
  for (let i = 0; i < 2_000; i++) hides(`key${i}`);
  assertEquals([hides("late_secret"), hides("late_name"), hides("late_secret")], [
    true,
    false,
    true,
  ]);
});
