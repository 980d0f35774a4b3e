// Generates `gen/comments.ts`: what the .proto files say of messages and fields.
// Descriptors at run time carry no comments; the compiler's source info does.
import { fromBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { buf } from "../../_tools/gen.ts";
import { heading } from "./source.ts";

/** Numbers of fields in descriptor.proto, of which the paths of source info are made. */
const MESSAGE_OF_FILE = 4;
const ENUM_OF_FILE = 5;
const FIELD_OF_MESSAGE = 2;
const VALUE_OF_ENUM = 2;

/** Comments by full names: of messages, of enums, of fields and values after a dot. */
export async function readComments(): Promise<Map<string, string>> {
  const image = await Deno.makeTempFile({ suffix: ".binpb" });
  try {
    await buf(new URL("../../proto/", import.meta.url), "build", "--output", image);
    const { file } = fromBinary(FileDescriptorSetSchema, await Deno.readFile(image));
    const comments = new Map<string, string>();
    for (const it of file) addComments(it, comments);
    return comments;
  } finally {
    await Deno.remove(image);
  }
}

function addComments(file: FileDescriptorProto, comments: Map<string, string>): void {
  const byPath = new Map<string, string>();
  for (const { path, leadingComments } of file.sourceCodeInfo?.location ?? []) {
    const text = leadingComments.trim().replaceAll(/\s*\n\s*/g, " ");
    if (text !== "") byPath.set(path.join("."), text);
  }
  const add = (name: string, ...path: number[]) => {
    const text = byPath.get(path.join("."));
    if (text !== undefined) comments.set(name, text);
  };
  file.messageType.forEach((message, i) => {
    const name = `${file.package}.${message.name}`;
    add(name, MESSAGE_OF_FILE, i);
    message.field.forEach((field, j) =>
      add(`${name}.${field.name}`, MESSAGE_OF_FILE, i, FIELD_OF_MESSAGE, j)
    );
  });
  file.enumType.forEach((desc, i) => {
    const name = `${file.package}.${desc.name}`;
    add(name, ENUM_OF_FILE, i);
    desc.value.forEach((value, j) =>
      add(`${name}.${value.name}`, ENUM_OF_FILE, i, VALUE_OF_ENUM, j)
    );
  });
}

/** The text of `gen/comments.ts`. */
export function commentsSource(comments: ReadonlyMap<string, string>): string {
  const entries = [...comments].map(([name, text]) =>
    `  [${JSON.stringify(name)}, ${JSON.stringify(text)}],\n`
  );
  return heading("What the .proto files say of messages, fields and enums, by full names.") +
    `/** Comments of the .proto files; a field's name is its message's, a dot and its own. */\n` +
    `export const comments: ReadonlyMap<string, string> = new Map([\n${entries.join("")}]);\n`;
}
