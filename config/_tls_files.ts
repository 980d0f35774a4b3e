/** The rule that the files of a certificate exist, parse and belong together. */
import type { FileReader, RuleIssue } from "./schema.ts";
import { isCertificate, keyProblem } from "./_runtime_later.ts";

/** The files of a section `tls`: a server's, or a client's, which needs none. */
export interface TlsFiles {
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly caFile?: string;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** What is wrong with the files that a `tls` section names. */
export async function checkTlsFiles(tls: TlsFiles, read: FileReader): Promise<RuleIssue[]> {
  const issues: RuleIssue[] = [];
  const text = async (field: keyof TlsFiles) => {
    const path = tls[field];
    if (path === undefined) return undefined;
    try {
      const found = await read(path);
      if (found === undefined) issues.push({ path: [field], message: "names no file that exists" });
      return found;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      issues.push({ path: [field], message: `names a file that ${reason}` });
    }
  };
  const certificates = async (field: keyof TlsFiles): Promise<string | undefined> => {
    const pem = await text(field);
    if (pem === undefined) return undefined;
    const blocks = pem.match(BLOCK) ?? [];
    for (const [index, block] of blocks.entries()) {
      if (await isCertificate(block)) continue;
      const message = `names a file whose certificate ${index + 1} can't be parsed`;
      issues.push({ path: [field], message });
      return undefined;
    }
    if (blocks.length === 0) {
      issues.push({ path: [field], message: "names a file without a certificate in PEM" });
    }
    return blocks[0];
  };
  const certificate = await certificates("certFile");
  const key = await text("keyFile");
  await certificates("caFile");
  if (key !== undefined) {
    const problem = await keyProblem(key, certificate);
    if (problem !== undefined) issues.push({ path: ["keyFile"], message: problem });
  }
  return issues;
}
