import { StorageError } from "../errors.ts";
import { type CallMetadata, metadataOf } from "./_transport.ts";
import type { EtcdCredentials, EtcdStoreOptions } from "./options.ts";

/** Asks a member for a token. */
export type Authenticate = (credentials: EtcdCredentials) => Promise<string | undefined>;

/** Keeps the token that goes along with calls. */
export class Auth {
  readonly #credentials: EtcdStoreOptions["credentials"];
  #current: Promise<CallMetadata> | undefined;
  /** What goes along with a call, if it is known. */
  known: CallMetadata | undefined;

  constructor(credentials: EtcdStoreOptions["credentials"]) {
    this.#credentials = credentials;
    if (!credentials) this.known = metadataOf(undefined);
  }

  /** What goes along with a call; asks for a token if there is none. */
  async metadata(authenticate: Authenticate): Promise<CallMetadata> {
    if (this.known) return this.known;
    const asked = this.#current ??= this.#ask(authenticate);
    try {
      return this.known = await asked;
    } catch (error) {
      if (this.#current === asked) this.#current = undefined;
      throw error;
    }
  }

  /** Drops a token that was refused, unless it has been replaced meanwhile. */
  drop(refused: CallMetadata): void {
    if (!this.#credentials || this.known !== refused) return;
    this.known = this.#current = undefined;
  }

  async #ask(authenticate: Authenticate): Promise<CallMetadata> {
    const given = this.#credentials!;
    let credentials: EtcdCredentials;
    try {
      credentials = typeof given === "function" ? await given() : given;
    } catch (cause) {
      throw new StorageError("denied", "the credentials can't be had", { cause });
    }
    return metadataOf(await authenticate(credentials));
  }
}
