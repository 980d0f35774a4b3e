/**
 * A layer of the configuration:
 * - `defaults`: the defaults of the schema
 * - `base`: `default.yaml`
 * - `environment`: `<environment>.yaml`
 * - `dotenv`: `OAAS_*` variables in the `.env` file
 * - `variables`: `OAAS_*` variables of the process
 * - `overrides`: values given in code
 * - `arguments`: `--set path=value` on the command line
 */
export type LayerName =
  | "defaults"
  | "base"
  | "environment"
  | "dotenv"
  | "variables"
  | "overrides"
  | "arguments";

/**
 * The layers by rising precedence: a later one wins. Maps are merged key by
 * key; lists and single values are replaced.
 */
export const LAYERS: readonly LayerName[] = [
  "defaults",
  "base",
  "environment",
  "dotenv",
  "variables",
  "overrides",
  "arguments",
];
