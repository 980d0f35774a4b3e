/** Packages as files. */
import { fromYaml, isValidationError } from "@oprc/models";
import { type OPackage, OPackageSchema } from "@oprc/proto/package";

/** A package file that can't be used; `message` holds all that is wrong with it. */
export class PackageFileError extends Error {
  override readonly name = "PackageFileError";
}

/** Reads a package from a YAML file. */
export async function readPackageFile(path: string | URL): Promise<OPackage> {
  const shown = path instanceof URL ? path.pathname.split("/").at(-1)! : path;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound
      ? "no such file"
      : error instanceof TypeError
      ? "it is not UTF-8 text"
      : (error as Error).message;
    throw new PackageFileError(`Cannot read ${shown}: ${why}`, { cause: error });
  }
  try {
    return await fromYaml(OPackageSchema, text);
  } catch (error) {
    if (!isValidationError(error)) throw error;
    const lines = error.issues.map(({ code, message, line, column }) =>
      `${shown}${line === undefined ? "" : `:${line}:${column}`}  ${code}  ${message}`
    );
    throw new PackageFileError(lines.join("\n"), { cause: error });
  }
}
