/** What this repository relies on of @std/assert: each assertion passes and fails rightly. */
import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertIsError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotMatch,
  assertNotStrictEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
  fail,
} from "@std/assert";

/** Says what `call` throws, without the assertions that are under test. */
function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

async function rejection(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

const object = { a: 1 };

const cases: readonly [name: string, passes: () => unknown, fails: () => unknown][] = [
  ["assert", () => assert(1), () => assert(0)],
  ["assertFalse", () => assertFalse(0), () => assertFalse(1)],
  [
    "assertEquals",
    () => assertEquals({ a: [1, new Date(0)] }, { a: [1, new Date(0)] }),
    () => assertEquals({ a: [1] }, { a: [2] }),
  ],
  ["assertNotEquals", () => assertNotEquals([1], [2]), () => assertNotEquals([1], [1])],
  [
    "assertStrictEquals",
    () => assertStrictEquals(object, object),
    () => assertStrictEquals(object, { a: 1 }),
  ],
  [
    "assertNotStrictEquals",
    () => assertNotStrictEquals(object, { a: 1 }),
    () => assertNotStrictEquals(object, object),
  ],
  ["assertExists", () => assertExists(0), () => assertExists(null)],
  ["assertGreater", () => assertGreater(2, 1), () => assertGreater(1, 1)],
  ["assertGreaterOrEqual", () => assertGreaterOrEqual(1, 1), () => assertGreaterOrEqual(0, 1)],
  ["assertLess", () => assertLess(1, 2), () => assertLess(1, 1)],
  ["assertLessOrEqual", () => assertLessOrEqual(1, 1), () => assertLessOrEqual(2, 1)],
  ["assertMatch", () => assertMatch("abc", /b/), () => assertMatch("abc", /x/)],
  ["assertNotMatch", () => assertNotMatch("abc", /x/), () => assertNotMatch("abc", /b/)],
  [
    "assertStringIncludes",
    () => assertStringIncludes("abc", "bc"),
    () => assertStringIncludes("abc", "cb"),
  ],
  [
    "assertArrayIncludes",
    () => assertArrayIncludes([1, { b: 2 }], [{ b: 2 }]),
    () => assertArrayIncludes([1], [2]),
  ],
  [
    "assertObjectMatch",
    () => assertObjectMatch({ a: 1, b: { c: 2, d: 3 } }, { b: { c: 2 } }),
    () => assertObjectMatch({ a: 1, b: { c: 2 } }, { b: { c: 3 } }),
  ],
  [
    "assertInstanceOf",
    () => assertInstanceOf(new TypeError(), Error),
    () => assertInstanceOf(new Error(), TypeError),
  ],
  [
    "assertAlmostEquals",
    () => assertAlmostEquals(0.1 + 0.2, 0.3),
    () => assertAlmostEquals(0.1, 0.2),
  ],
  [
    "assertIsError",
    () => assertIsError(new TypeError("no such key"), TypeError, "such"),
    () => assertIsError(new TypeError("no such key"), RangeError),
  ],
  [
    "assertThrows",
    () =>
      assertThrows(
        () => {
          throw new TypeError("no such key");
        },
        TypeError,
        "such",
      ),
    () => assertThrows(() => {}),
  ],
];

for (const [name, passes, fails] of cases) {
  Deno.test(`${name}() passes and fails rightly`, () => {
    must(thrown(passes) === undefined, `${name}() failed where it should pass`);
    const error = thrown(fails);
    must(error instanceof AssertionError, `${name}() threw ${error}, not an AssertionError`);
  });
}

Deno.test("assertEquals() says what differs, and the message given", () => {
  const error = thrown(() => assertEquals({ a: 1 }, { a: 2 }, "stored values")) as Error;
  must(error.message.includes("stored values"), error.message);
  must(/a: 1/.test(error.message) && /a: 2/.test(error.message), error.message);
});

Deno.test("assertThrows() answers the error, and refuses another class or message", () => {
  const throws = () => {
    throw new TypeError("no such key");
  };
  must(assertThrows(throws, TypeError).message === "no such key", "another error was answered");
  must(thrown(() => assertThrows(throws, RangeError)) instanceof AssertionError, "class");
  must(thrown(() => assertThrows(throws, Error, "other")) instanceof AssertionError, "message");
});

Deno.test("assertRejects() answers the error, and refuses another class, message or none", async () => {
  const rejects = () => Promise.reject(new TypeError("no such key"));
  must((await assertRejects(rejects, TypeError, "such")).message === "no such key", "answer");
  const failures = [
    await rejection(() => assertRejects(rejects, RangeError)),
    await rejection(() => assertRejects(rejects, TypeError, "other")),
    await rejection(() => assertRejects(() => Promise.resolve())),
  ];
  must(failures.every((error) => error instanceof AssertionError), failures.join("\n"));
});

Deno.test("fail() always throws, with its message", () => {
  const error = thrown(() => fail("not here"));
  must(error instanceof AssertionError && error.message.includes("not here"), String(error));
});

Deno.test("equal() compares by value", () => {
  must(equal(new Map([[1, { a: [2] }]]), new Map([[1, { a: [2] }]])), "equal maps");
  must(!equal({ a: 1, b: undefined }, { a: 1, c: undefined }), "different keys");
  must(!equal(new Uint8Array([1]), new Uint8Array([2])), "different bytes");
});
