/**
 * A layer of the configuration:
 * - `defaults`: the defaults of the schema
 * - `base`: `default.yaml`
 * - `environment`: `<environment>.yaml`, one file for each profile
 * - `secrets`: the files of the secrets directory
 * - `remote`: what a remote source says, when watching
 * - `dotenv`: `OAAS_*` variables in the `.env` file
 * - `variables`: `OAAS_*` variables of the process
 * - `overrides`: values given in code
 * - `arguments`: `--set path=value` on the command line
 */
export type LayerName =
  | "defaults"
  | "base"
  | "environment"
  | "secrets"
  | "remote"
  | "dotenv"
  | "variables"
  | "overrides"
  | "arguments";

/**
 * The layers by rising precedence: a later one wins. Maps are merged key by
 * key; lists and single values are replaced, except that `...` in a list
 * stands for the values of the layers below.
 */
export const LAYERS: readonly LayerName[] = [
  "defaults",
  "base",
  "environment",
  "secrets",
  "remote",
  "dotenv",
  "variables",
  "overrides",
  "arguments",
];
