/**
 * Loaded before the tests (`node --import`): finds the JavaScript of a test file that is
 * imported by its TypeScript name, and of everything else the installed package's.
 */
import { existsSync } from "node:fs";
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

const SUITE = new URL("suite/", import.meta.url).href;
const PACKAGES = new URL("node_modules/@oprc/", import.meta.url).href;

export async function resolve(specifier, context, next) {
  if (/\.ts(?:\?|$)/.test(specifier)) {
    const meant = new URL(specifier, context.parentURL);
    meant.pathname = meant.pathname.replace(/ts$/, "js");
    if (existsSync(new URL(meant.pathname, SUITE))) return await next(meant.href, context);
    if (meant.href.startsWith(SUITE)) {
      return await next(meant.href.replace(SUITE, PACKAGES), context);
    }
  }
  return await next(specifier, context);
}

// The hooks run in a thread of their own, which loads this file too.
if (isMainThread) register(import.meta.url);

// What tests may use that Node 20 lacks. The packages use none of it: see registry_test.ts.
Set.prototype.symmetricDifference ??= function (other) {
  return new Set([...this, ...other].filter((value) => !this.has(value) || !other.has(value)));
};
Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new Promise((...both) => [resolve, reject] = both);
  return { promise, resolve, reject };
};
Array.fromAsync ??= async function (items, map = (item) => item) {
  const all = [];
  for await (const item of items) all.push(await map(item));
  return all;
};
Uint8Array.prototype.toHex ??= function () {
  return Buffer.from(this).toString("hex");
};
