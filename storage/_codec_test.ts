import { OPackageSchema } from "@oprc/proto/package";
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { messageCodec, type Migration } from "./_codec.ts";
import { aPackage } from "./_testing.ts";
import { memoryStorageFactory } from "./factory.ts";
import { put } from "./helpers.ts";
import { bytes, fails, text } from "./testing/_case.ts";

// A version 2 in which names became lower case, and a version 3 in which `depends` got its name.
const toSecond: Migration = (record) => ({ ...record, name: String(record.name).toLowerCase() });
const toThird: Migration = ({ depends = [], ...record }) => ({ ...record, dependencies: depends });

Deno.test("messageCodec() writes version 1 as the wire contract says, without a number", () => {
  assertEquals(text(messageCodec(OPackageSchema).encode(aPackage("a"))), '{"name":"a"}');
});

Deno.test("messageCodec() reads every version before its own, and writes its own", () => {
  const third = messageCodec(OPackageSchema, [toSecond, toThird]);
  const wanted = aPackage("a", { dependencies: ["b"] });
  for (
    const record of [
      '{"name":"A","depends":["b"]}',
      '{"@version":1,"name":"A","depends":["b"]}',
      '{"name":"a","depends":["b"],"@version":2}',
      '{"@version":3,"name":"a","dependencies":["b"]}',
    ]
  ) assertEquals(third.decode(bytes(record)), wanted);
  const written = third.encode(wanted);
  assertEquals(text(written), '{"@version":3,"name":"a","dependencies":["b"]}');
  assertEquals(third.decode(written), wanted);
  const empty = third.encode(aPackage(""));
  assertEquals(text(empty), '{"@version":3}');
  assertEquals(third.decode(empty), aPackage(""));
  // What only looks like it.
  const named = aPackage("@version", { dependencies: ['"@version":9'] });
  const first = messageCodec(OPackageSchema);
  assertEquals(first.decode(first.encode(named)), named);
});

Deno.test("messageCodec() refuses what is no record and no version", () => {
  const codec = messageCodec(OPackageSchema, [toSecond]);
  for (const record of ["", "{", "[]", "null", '"a"', '["@version"]']) {
    assertThrows(() => codec.decode(bytes(record)));
  }
  for (const version of ['"2"', "0", "-1", "1.5", "null", "{}"]) {
    const error = assertThrows(() => codec.decode(bytes(`{"@version":${version}}`)));
    assertMatch((error as Error).message, /^its version .* is no positive integer$/);
  }
});

Deno.test("storages name key and versions of a record that is newer than they know", async () => {
  const factory = memoryStorageFactory();
  const packages = factory.createPackageStorage();
  const key = "/oaas/packages/a";
  await put(factory.store, key, bytes('{"@version":2,"name":"a"}'));
  const watch = packages.watchPackages({ from: "0".repeat(16) })[Symbol.asyncIterator]();
  for (const read of [packages.getPackage("a"), packages.listPackages(), watch.next()]) {
    const error = await fails(read, "corrupt");
    assertEquals(error.key, key);
    assertEquals(
      error.message,
      `Cannot read key "${key}": it is of version 2, and this program knows versions up to 1`,
    );
  }
});
