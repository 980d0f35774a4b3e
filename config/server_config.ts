import { objectSchema } from "./container_schemas.ts";
import { withoutChecks } from "./_make.ts";
import { integerSchema, stringSchema } from "./scalar_schemas.ts";
import type { FileReader, ObjectSchema, RuleIssue } from "./schema.ts";
import type { TlsFiles } from "./_tls_files.ts";

/**
 * Section `tls`: the files of a server's certificate. A loader reads them: they
 * must exist and parse, and the key must belong to the certificate.
 */
export interface TlsConfig {
  /** `cert_file`: the certificate chain, PEM. */
  readonly certFile: string;
  /** `key_file`: the private key, PEM. */
  readonly keyFile: string;
  /** `ca_file`: the authorities that a client's certificate must come from; asks for one when set. */
  readonly caFile?: string;
}

/** Section `server`: where a service listens. */
export interface ServerConfig {
  /**
   * `host`: the address to listen on; `0.0.0.0` for every interface.
   *
   * @default {"127.0.0.1"}
   */
  readonly host: string;
  /**
   * `port`: 1 to 65535. Who needs any free port, as tests do, replaces it after loading.
   *
   * @default {8080}
   */
  readonly port: number;
  /**
   * `workers`: how many processes answer, at least 1. More than one needs a program that
   * shares its port among them, such as by `serveMany` of `@oprc/grpc`.
   *
   * @default {1}
   */
  readonly workers: number;
  /** `tls`: serve TLS; plaintext when left out. */
  readonly tls?: TlsConfig;
}

/** The schema of {@link TlsConfig}. */
export const tlsConfigSchema: ObjectSchema<TlsConfig> = withoutChecks(() =>
  objectSchema({
    certFile: stringSchema({ min: 1, description: "File of the certificate chain, PEM" }),
    keyFile: stringSchema({ min: 1, description: "File of the private key, PEM" }),
    caFile: stringSchema({
      min: 1,
      optional: true,
      description: "File of the authorities that clients' certificates must come from, PEM",
    }),
  }, { fileRule: checkTlsFiles })
);

/** The schema of {@link ServerConfig}. */
export const serverConfigSchema: ObjectSchema<ServerConfig> = withoutChecks(() =>
  objectSchema({
    host: stringSchema({
      default: "127.0.0.1",
      min: 1,
      description: "Address to listen on; 0.0.0.0 for every interface",
    }),
    port: integerSchema({
      default: 8080,
      min: 1,
      max: 65535,
      description: "Port to listen on",
    }),
    workers: integerSchema({
      default: 1,
      min: 1,
      max: 1024,
      description: "Processes that answer on the port",
    }),
    tls: objectSchema(tlsConfigSchema.fields, {
      optional: true,
      description: "Serve TLS; plaintext when left out",
      fileRule: checkTlsFiles,
    }),
  }, { description: "Where the service listens" })
);

/** The rule over the files of a certificate, loaded where there is one to look at. */
export async function checkTlsFiles(tls: TlsFiles, read: FileReader): Promise<RuleIssue[]> {
  const rule = await import("./_tls_files.ts");
  return await rule.checkTlsFiles(tls, read);
}
