import type { DeploymentStatus } from "@oprc/proto/package";
import { decodeEntry, textCodec } from "../_codec.ts";
import { statusTerms } from "../_deployment_terms.ts";
import type { Known } from "../_following.ts";
import { statusCodec } from "../_record_codecs.ts";
import type { Term } from "../_terms.ts";
import { mappingOf } from "../keys.ts";
import type { Entry, Event, Revision } from "../port.ts";

interface Mapping {
  readonly revision: Revision;
  readonly deployment: string;
  readonly cluster: string;
  /** `undefined` if it can't be decoded. */
  readonly id: string | undefined;
}

interface Status {
  readonly revision: Revision;
  readonly id: string;
  readonly status: string | undefined;
}

/** What {@linkcode Reports} are made of. */
export interface ReportsParts {
  readonly deploymentsPrefix: string;
  readonly statusesPrefix: string;
  /** Told when a deployment is to be found by other terms than before. */
  readonly onChange: (deployment: string, before: readonly Term[]) => void;
}

/** What clusters reported of deployments: cluster mappings, and the statuses of their ids. */
export class Reports {
  readonly #parts: ReportsParts;
  readonly #mappings = new Map<string, Mapping>();
  readonly #statuses = new Map<string, Status>();
  readonly #ofDeployment = new Map<string, Set<Mapping>>();
  readonly #ofId = new Map<string, Set<Mapping>>();
  readonly #undecodable = new Map<string, () => void>();

  constructor(parts: ReportsParts) {
    this.#parts = parts;
  }

  get undecodable(): number {
    return this.#undecodable.size;
  }

  /** Throws if there is something that can't be decoded, naming its key. */
  check(): void {
    for (const read of this.#undecodable.values()) read();
  }

  /** What the reports let a deployment be found by. */
  termsOf(deployment: string): readonly Term[] {
    const terms = new Set<Term>();
    for (const { cluster, id } of this.#ofDeployment.get(deployment) ?? []) {
      const status = id === undefined ? undefined : this.#status(id);
      if (status !== undefined) {
        for (const term of statusTerms(cluster, status)) terms.add(term);
      }
    }
    return [...terms];
  }

  #status(id: string): string | undefined {
    return this.#statuses.get(this.#parts.statusesPrefix + id)?.status;
  }

  /** The mappings as what is known. They change by {@linkcode applyMapping}. */
  get mappings(): Known {
    return known(this.#mappings);
  }

  /** The statuses as what is known. They change by {@linkcode applyStatus}. */
  get statuses(): Known {
    return known(this.#statuses);
  }

  /** Takes over a change, if it is to a cluster mapping. */
  applyMapping(event: Event): void {
    const { key, revision } = event;
    const of = mappingOf(this.#parts.deploymentsPrefix, key);
    if (!of) return;
    this.#change([of.deployment], () => {
      const before = this.#mappings.get(key);
      if (before) {
        this.#mappings.delete(key);
        drop(this.#ofDeployment, before.deployment, before);
        if (before.id !== undefined) drop(this.#ofId, before.id, before);
      }
      this.#undecodable.delete(key);
      if (event.type === "delete") return;
      const id = this.#read(event, (entry) => decodeEntry(textCodec, entry).value);
      const mapping = { revision, ...of, id };
      this.#mappings.set(key, mapping);
      keep(this.#ofDeployment, mapping.deployment, mapping);
      if (id !== undefined) keep(this.#ofId, id, mapping);
    });
  }

  /** Takes over a change to a status. */
  applyStatus(event: Event): void {
    const { key, revision } = event;
    const id = key.slice(this.#parts.statusesPrefix.length);
    if (id === "" || id.includes("/")) return;
    const deployments = new Set([...this.#ofId.get(id) ?? []].map((of) => of.deployment));
    this.#change([...deployments], () => {
      this.#undecodable.delete(key);
      if (event.type === "delete") return void this.#statuses.delete(key);
      const read = (entry: Entry): DeploymentStatus => decodeEntry(statusCodec, entry).value;
      this.#statuses.set(key, { revision, id, status: this.#read(event, read)?.status });
    });
  }

  #read<T>(entry: Entry, read: (entry: Entry) => T): T | undefined {
    try {
      return read(entry);
    } catch {
      this.#undecodable.set(entry.key, () => void read(entry));
      return undefined;
    }
  }

  #change(deployments: readonly string[], act: () => void): void {
    const before = deployments.map((deployment) => this.termsOf(deployment));
    act();
    for (const [i, deployment] of deployments.entries()) {
      this.#parts.onChange(deployment, before[i]!);
    }
  }
}

function known(records: ReadonlyMap<string, { readonly revision: Revision }>): Known {
  return {
    get: (key) => records.get(key)?.revision,
    set() {},
    delete() {},
    keys: () => records.keys(),
  };
}

function keep<T>(sets: Map<string, Set<T>>, name: string, value: T): void {
  const set = sets.get(name);
  if (set) set.add(value);
  else sets.set(name, new Set([value]));
}

function drop<T>(sets: Map<string, Set<T>>, name: string, value: T): void {
  const set = sets.get(name);
  if (set?.delete(value) && set.size === 0) sets.delete(name);
}
