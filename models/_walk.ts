// Turns the rule tables into one function a type of message, once, so that
// checking a message looks nothing up.
import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import { OClassSchema, OPackageSchema } from "@oprc/proto/package";
import { Cursor } from "./_cursor.ts";
import type { Rule } from "./_rule.ts";
import { rulesOfField } from "./_rules.ts";
import { scalarCheck, wrongType } from "./_scalar.ts";
import { ClassScope, PackageScope } from "./_scope.ts";

// A walk reads fields by name, and must bear values that no type allows.
// deno-lint-ignore no-explicit-any
type Loose = any;
type Visit = (message: Loose, cursor: Cursor) => void;
type Check = (
  value: unknown,
  owner: unknown,
  cursor: Cursor,
  name: string,
  index: number | undefined,
) => void;

const visits = new WeakMap<DescMessage, Visit>();

/** The function that checks messages of a type. */
export function visitOf(schema: DescMessage): Visit {
  const known = visits.get(schema);
  if (known !== undefined) return known;
  const steps: Visit[] = [];
  const visit = scoped(schema, (message, cursor) => {
    for (let i = 0; i < steps.length; i++) steps[i]!(message, cursor);
  });
  // Registered before its fields are looked at: a message may hold its own kind.
  visits.set(schema, visit);
  for (const field of schema.fields) {
    const step = stepOf(schema, field);
    if (step !== undefined) steps.push(step);
  }
  return visit;
}

/** The rules of a package's parts look at the package, those of a class's parts at the class. */
function scoped(schema: DescMessage, visit: Visit): Visit {
  if (schema.typeName === OPackageSchema.typeName) {
    return (message, cursor) => {
      const outer = cursor.package;
      cursor.package = new PackageScope(message);
      visit(message, cursor);
      cursor.package = outer;
    };
  }
  if (schema.typeName === OClassSchema.typeName) {
    return (message, cursor) => {
      const outer = cursor.class;
      cursor.class = new ClassScope(message);
      visit(message, cursor);
      cursor.class = outer;
    };
  }
  return visit;
}

function stepOf(schema: DescMessage, field: DescField): Visit | undefined {
  // The wire contract has no oneof; there are no rules for what it doesn't have.
  if (field.oneof !== undefined) return undefined;
  const { localName, name } = field;
  const rules = rulesOfField(schema.typeName, localName);
  switch (field.fieldKind) {
    case "message":
      return messageStep(localName, name, field.message, rules.own);
    case "list":
      return listStep(localName, name, field, rules.own, rules.each);
    case "map":
      return field.scalar === undefined ? undefined : mapStep(localName, name, field.scalar);
    case "enum":
    case "scalar": {
      const check = scalarStep(field.scalar ?? ScalarType.INT32, rules.own);
      // Fields with presence are undefined when unset; the others always have a value.
      const optional = field.presence !== IMPLICIT;
      return (message, cursor) => {
        const value = message[localName];
        if (value !== undefined || !optional) check(value, message, cursor, name, undefined);
      };
    }
  }
}

/** google.protobuf.FeatureSet.FieldPresence.IMPLICIT */
const IMPLICIT = 2;

function scalarStep(type: ScalarType, rules: readonly Rule<Loose>[]): Check {
  const check = scalarCheck(type);
  return (value, owner, cursor, name, index) => {
    const fault = check(value);
    // A rule speaks of a number's range in its own words, so it goes first.
    if (fault === undefined || fault.code === "OutOfRange") {
      for (let i = 0; i < rules.length; i++) {
        const rule = rules[i]!;
        if (value === "" && rule.ofEmpty !== true) continue;
        if (rule.holds(value, owner, cursor)) continue;
        return cursor.report(rule.code, rule.fault(value, owner, cursor), name, index);
      }
    }
    if (fault !== undefined) cursor.report(fault.code, fault.fault, name, index);
  };
}

function messageStep(
  localName: string,
  name: string,
  schema: DescMessage,
  rules: readonly Rule<Loose>[],
): Visit {
  const visit = visitOf(schema);
  return (message, cursor) => {
    const value = message[localName];
    if (value === undefined) {
      for (const rule of rules) {
        if (rule.holds(value, message, cursor)) continue;
        return cursor.report(rule.code, rule.fault(value, message, cursor), name);
      }
      return;
    }
    cursor.segments.push(name);
    if (isMessage(value, schema, cursor)) visit(value, cursor);
    cursor.segments.pop();
  };
}

function listStep(
  localName: string,
  name: string,
  field: DescField & { fieldKind: "list" },
  own: readonly Rule<Loose>[],
  each: readonly Rule<Loose>[],
): Visit {
  const checkElement = field.listKind === "message"
    ? elementVisit(name, field.message)
    : scalarElement(name, field.listKind === "enum" ? ScalarType.INT32 : field.scalar, each);
  return (message, cursor) => {
    const list = message[localName];
    if (!Array.isArray(list)) {
      const { code, fault } = wrongType(list, "a list");
      return cursor.report(code, fault, name);
    }
    for (const rule of own) {
      if (rule.holds(list, message, cursor)) continue;
      return cursor.report(rule.code, rule.fault(list, message, cursor), name);
    }
    for (let i = 0; i < list.length && !cursor.isFull; i++) {
      checkElement(list[i], i, message, cursor);
    }
  };
}

type ElementCheck = (value: unknown, index: number, owner: unknown, cursor: Cursor) => void;

function scalarElement(
  name: string,
  type: ScalarType,
  rules: readonly Rule<Loose>[],
): ElementCheck {
  const check = scalarStep(type, rules);
  return (value, index, owner, cursor) => check(value, owner, cursor, name, index);
}

function elementVisit(name: string, schema: DescMessage): ElementCheck {
  const visit = visitOf(schema);
  return (value, index, _owner, cursor) => {
    cursor.segments.push(name, index);
    if (isMessage(value, schema, cursor)) visit(value, cursor);
    cursor.segments.length -= 2;
  };
}

function mapStep(localName: string, name: string, type: ScalarType): Visit {
  const checkKey = scalarCheck(ScalarType.STRING);
  const check = scalarCheck(type);
  return (message, cursor) => {
    const map = message[localName];
    if (typeof map !== "object" || map === null || Array.isArray(map)) {
      const { code, fault } = wrongType(map, "a map");
      return cursor.report(code, fault, name);
    }
    for (const key in map) {
      if (cursor.isFull) break;
      const fault = checkKey(key) ?? check(map[key]);
      if (fault !== undefined) cursor.report(fault.code, fault.fault, name, key);
    }
  };
}

/** Tells whether a value can be read as a message of a type, and reports it if not. */
export function isMessage(value: unknown, schema: DescMessage, cursor: Cursor): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const { code, fault } = wrongType(value, `a message of type ${schema.typeName}`);
    cursor.report(code, fault);
    return false;
  }
  const { $typeName = schema.typeName } = value as { $typeName?: string };
  if ($typeName !== schema.typeName) {
    cursor.report(
      "InvalidType",
      `is a message of type ${$typeName}: expected one of type ${schema.typeName}`,
    );
    return false;
  }
  return true;
}

/** Checks a message of a type; findings come in document order. */
export function walk(schema: DescMessage, value: unknown): Cursor {
  const cursor = new Cursor();
  if (isMessage(value, schema, cursor)) visitOf(schema)(value, cursor);
  return cursor;
}
