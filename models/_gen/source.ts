// What the generators of code share.
import type { DescMessage } from "@bufbuild/protobuf";
import { file_common } from "@oprc/proto/common";
import { file_deployment } from "@oprc/proto/deployment";
import { file_health } from "@oprc/proto/health";
import { file_package } from "@oprc/proto/package";
import { file_runtime } from "@oprc/proto/runtime";

/** The files of the contract, by the subpath of @oprc/proto. */
export const protoFiles = {
  common: file_common,
  package: file_package,
  deployment: file_deployment,
  runtime: file_runtime,
  health: file_health,
} as const;

/** Every message of the contract; names are unique across its files. */
export const messages: readonly DescMessage[] = Object.values(protoFiles)
  .flatMap((file) => file.messages);

/** `import { ... } from` lines for the schemas of messages, and their types if wanted. */
export function schemaImports(): string {
  return Object.entries(protoFiles).map(([subpath, file]) => {
    const names = file.messages.map(({ name }) => `${name}Schema`).sort();
    return names.length === 0
      ? ""
      : `import { ${names.join(", ")} } from "@oprc/proto/${subpath}";`;
  }).join("\n");
}

/** The first lines of a generated module. */
export function heading(what: string): string {
  return `// Made by \`deno task gen\`; do not edit.\n//\n${
    what.split("\n").map((line) => `// ${line}\n`).join("")
  }\n`;
}
