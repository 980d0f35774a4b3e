import {
  type DescField,
  type DescMessage,
  isFieldSet,
  type MessageShape,
  ScalarType,
  toBinary,
} from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

type AnyMessage = MessageShape<DescMessage>;
type Write = (writer: BinaryWriter, message: AnyMessage) => void;
type WriteValue = (writer: BinaryWriter, value: never) => void;

/** The most that is kept of a writer from one message to the next, in bytes. */
const KEPT_BYTES = 65_536;

let spare: BinaryWriter | undefined;

/**
 * `toBinary`, with one writer for all messages: to make its buffers anew for each costs
 * two thirds of its time on small messages, and the server half of a stream. What isn't
 * simple, and every error, is left to `toBinary` itself.
 */
export function createEncoder(desc: DescMessage): (message: AnyMessage) => Uint8Array<ArrayBuffer> {
  const write = writerOf(desc, new Map());
  if (write === undefined) return (message) => toBinary(desc, message) as Uint8Array<ArrayBuffer>;
  return (message) => {
    if (message.$typeName !== desc.typeName) {
      return toBinary(desc, message) as Uint8Array<ArrayBuffer>;
    }
    const writer = spare ?? new BinaryWriter();
    // Not for a message whose accessors encode another, nor after an error.
    spare = undefined;
    try {
      write(writer, message);
      const bytes = writer.finish();
      if (bytes.length <= KEPT_BYTES) spare = writer;
      return bytes as Uint8Array<ArrayBuffer>;
    } catch {
      // It says which field is wrong.
      return toBinary(desc, message) as Uint8Array<ArrayBuffer>;
    }
  };
}

/** What writes the fields of a message; undefined where it has one that isn't simple. */
function writerOf(desc: DescMessage, known: Map<DescMessage, Write>): Write | undefined {
  const begun = known.get(desc);
  if (begun !== undefined) return begun;
  // Messages of Google's own have other shapes in fields.
  if (desc.typeName.startsWith("google.protobuf.")) return undefined;
  const writers: Write[] = [];
  const write: Write = (to, message) => {
    for (let i = 0; i < writers.length; i++) writers[i]!(to, message);
    for (const { no, wireType, data } of message.$unknown ?? []) to.tag(no, wireType).raw(data);
  };
  // Messages may hold others of their own type.
  known.set(desc, write);
  for (const field of desc.fields.toSorted((a, b) => a.number - b.number)) {
    const writeField = fieldWriter(field, known);
    if (writeField === undefined) return undefined;
    writers.push(writeField);
  }
  return write;
}

function fieldWriter(field: DescField, known: Map<DescMessage, Write>): Write | undefined {
  // Required ones are an error where they are missing.
  if (field.presence === REQUIRED) return undefined;
  const { localName } = field;
  const value = valueWriter(field, known);
  if (value === undefined) return undefined;
  const tagged: WriteValue = (to, item) => value.write(to.tag(field.number, value.type), item);
  if (field.fieldKind === "map") {
    return field.mapKey === ScalarType.STRING ? mapWriter(field, value) : undefined;
  }
  if (field.fieldKind !== "list") return whenSet(field, tagged);
  if (!field.packed) return eachOf(localName, tagged);
  const writeAll = eachOf(localName, value.write);
  return (to, message) => {
    if ((valuesOf(message)[localName] as unknown[]).length === 0) return;
    to.tag(field.number, WireType.LengthDelimited).fork();
    writeAll(to, message);
    to.join();
  };
}

/** What writes a value without its tag, and the type that the tag tells. */
function valueWriter(
  field: DescField,
  known: Map<DescMessage, Write>,
): { readonly type: WireType; readonly write: WriteValue } | undefined {
  if (field.message === undefined) {
    const scalar = field.enum === undefined ? field.scalar! : ScalarType.INT32;
    const method = methods[scalar];
    return {
      type: wireTypes[scalar] ?? WireType.Varint,
      write: (to, value) => void to[method](value),
    };
  }
  const child = field.delimitedEncoding ? undefined : writerOf(field.message, known);
  if (child === undefined) return undefined;
  const { typeName } = field.message;
  return {
    type: WireType.LengthDelimited,
    write(to, value: AnyMessage) {
      if (value.$typeName !== typeName) throw new TypeError(`not a ${typeName}`);
      to.fork();
      child(to, value);
      to.join();
    },
  };
}

function mapWriter(
  { localName, number }: DescField,
  { type, write }: { readonly type: WireType; readonly write: WriteValue },
): Write {
  return (to, message) => {
    for (const [key, value] of Object.entries(valuesOf(message)[localName] as object)) {
      // An entry is a message of its key, which is field 1, and its value, field 2.
      to.tag(number, WireType.LengthDelimited).fork();
      to.tag(1, WireType.LengthDelimited).string(key);
      write(to.tag(2, type), value as never);
      to.join();
    }
  };
}

function valuesOf(message: AnyMessage): Record<string, unknown> {
  return message as unknown as Record<string, unknown>;
}

function eachOf(localName: string, write: WriteValue): Write {
  return (to, message) => {
    for (const item of valuesOf(message)[localName] as never[]) write(to, item);
  };
}

function whenSet(field: DescField, write: WriteValue): Write {
  const { localName, oneof } = field;
  if (oneof !== undefined) {
    return (to, message) => {
      const chosen = valuesOf(message)[oneof.localName] as { case?: string; value: never };
      if (chosen.case === localName) write(to, chosen.value);
    };
  }
  return (to, message) => {
    if (isFieldSet(message, field)) write(to, valuesOf(message)[localName] as never);
  };
}

/** `LEGACY_REQUIRED` of google.protobuf.FeatureSet.FieldPresence. */
const REQUIRED = 3;

/** Types that aren't varints. */
const wireTypes: Partial<Record<ScalarType, WireType>> = {
  [ScalarType.BYTES]: WireType.LengthDelimited,
  [ScalarType.STRING]: WireType.LengthDelimited,
  [ScalarType.DOUBLE]: WireType.Bit64,
  [ScalarType.FIXED64]: WireType.Bit64,
  [ScalarType.SFIXED64]: WireType.Bit64,
  [ScalarType.FLOAT]: WireType.Bit32,
  [ScalarType.FIXED32]: WireType.Bit32,
  [ScalarType.SFIXED32]: WireType.Bit32,
};

const methods = {
  [ScalarType.BYTES]: "bytes",
  [ScalarType.STRING]: "string",
  [ScalarType.BOOL]: "bool",
  [ScalarType.DOUBLE]: "double",
  [ScalarType.FLOAT]: "float",
  [ScalarType.INT32]: "int32",
  [ScalarType.INT64]: "int64",
  [ScalarType.UINT32]: "uint32",
  [ScalarType.UINT64]: "uint64",
  [ScalarType.SINT32]: "sint32",
  [ScalarType.SINT64]: "sint64",
  [ScalarType.FIXED32]: "fixed32",
  [ScalarType.FIXED64]: "fixed64",
  [ScalarType.SFIXED32]: "sfixed32",
  [ScalarType.SFIXED64]: "sfixed64",
} as const satisfies Record<ScalarType, keyof BinaryWriter>;
