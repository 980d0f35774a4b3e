/** The rule over the files of a certificate, loaded where there is one to look at. */
import type { FileReader, RuleIssue } from "./schema.ts";
import type { TlsFiles } from "./_tls_files.ts";

export async function checkTlsFiles(tls: TlsFiles, read: FileReader): Promise<RuleIssue[]> {
  const rule = await import("./_tls_files.ts");
  return await rule.checkTlsFiles(tls, read);
}
