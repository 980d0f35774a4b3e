/** The packages: created, read, listed and deleted under the rules that join them. */
import { equals } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { assertValid, createModel, toTimestamp, withDefaults } from "@oprc/models";
import { type OPackage, OPackageSchema, PackageMetadataSchema } from "@oprc/proto/package";
import {
  type DeploymentStorage,
  type KeyValueStore,
  type Op,
  packageKey,
  type PackageStorage,
  type StorageFactory,
  type Stored,
} from "@oprc/storage";
import { boundFunction } from "./planning.ts";
import { matches, type PackageQuery } from "./package_query.ts";
import { collectPage, retryConflicts } from "../common/storage_helpers.ts";

/** A commit takes 64 operations: the package, and two for each dependency. */
const MAX_DEPENDENCIES = 31;

/** A slice of what matches, and how much matches in all. */
export interface Listing<T> {
  readonly items: T[];
  readonly totalCount: number;
}

/**
 * The packages of the platform.
 *
 * What a package refers to must not vanish under it. So each commit that adds a
 * reference to a package checks that the package is there and touches a guard
 * key beside it, and the commit that deletes a package expects the guard as it
 * was before the references were counted: of two that meet, one has to look again.
 */
export class PackageCatalog {
  readonly packages: PackageStorage;
  readonly #deployments: DeploymentStorage;
  readonly #store: KeyValueStore;
  readonly #keyPrefix: string;
  readonly #now: () => Date;

  constructor(storage: StorageFactory, now: () => Date = () => new Date()) {
    this.packages = storage.createPackageStorage();
    this.#deployments = storage.createDeploymentStorage();
    this.#store = storage.store;
    this.#keyPrefix = storage.keyPrefix;
    this.#now = now;
  }

  /** Stores a new package. One that is there already with the same content is left as it is. */
  async create(wanted: OPackage, signal?: AbortSignal): Promise<void> {
    assertValid(OPackageSchema, wanted);
    const what = `Cannot create package "${wanted.name}"`;
    if (wanted.dependencies.length > MAX_DEPENDENCIES) {
      throw new ConnectError(
        `${what}: it has ${wanted.dependencies.length} dependencies, and at most ` +
          `${MAX_DEPENDENCIES} are possible`,
        Code.InvalidArgument,
      );
    }
    await retryConflicts(what, signal, async () => {
      const present = await this.packages.getPackage(wanted.name, { signal });
      if (present !== undefined) {
        if (sameContent(present.value, wanted)) return;
        throw new ConnectError(
          `${what}: there is one of that name with other content`,
          Code.AlreadyExists,
        );
      }
      const references: Op[] = [];
      for (const dependency of new Set(wanted.dependencies)) {
        const found = await this.packages.getPackage(dependency, { signal });
        if (found === undefined) {
          throw new ConnectError(
            `${what}: it depends on package "${dependency}", which does not exist`,
            Code.FailedPrecondition,
          );
        }
        references.push(...this.referenceTo(found, wanted.name));
      }
      await this.#checkBindings(wanted, signal);
      await this.packages.storePackage(stamped(wanted, this.#now()), {
        expect: null,
        with: references,
        signal,
      });
    });
  }

  /** The package of that name. */
  async get(name: string, signal?: AbortSignal): Promise<Stored<OPackage>> {
    const found = name === "" ? undefined : await this.packages.getPackage(name, { signal });
    if (found === undefined) {
      throw new ConnectError(`Cannot get package "${name}": there is none`, Code.NotFound);
    }
    return found;
  }

  /** The packages that match, in the order of their names. */
  list(
    query: PackageQuery,
    slice: { readonly limit: number; readonly offset: number },
    signal?: AbortSignal,
  ): Promise<Listing<OPackage>> {
    return collectPage(
      (cursor) => this.packages.listPackages(query.filter, { cursor, signal }),
      (pkg) => matches(query, pkg),
      slice,
    );
  }

  /** Deletes a package that nothing refers to. */
  async delete(name: string, signal?: AbortSignal): Promise<void> {
    const what = `Cannot delete package "${name}"`;
    const guardKey = this.#guardKey(name);
    await retryConflicts(what, signal, async () => {
      const guard = await this.#store.get(guardKey, { signal });
      const found = name === "" ? undefined : await this.packages.getPackage(name, { signal });
      if (found === undefined) {
        throw new ConnectError(`${what}: there is none`, Code.NotFound);
      }
      const users = [
        ...(await this.packages.listPackages({ dependency: name }, { limit: 3, signal })).items
          .map(({ value }) => `package "${value.name}" depends on it`),
        ...(await this.#deployments.listDeployments({ packageName: name }, { limit: 3, signal }))
          .items.map(({ value }) => `deployment "${value.key}" uses it`),
      ];
      if (users.length > 0) {
        throw new ConnectError(`${what}: ${users.join(", ")}`, Code.FailedPrecondition);
      }
      await this.packages.deletePackage(name, {
        expect: found.revision,
        with: [
          guard === undefined
            ? { type: "check", key: guardKey, expect: null }
            : { type: "delete", key: guardKey, expect: guard.revision },
        ],
        signal,
      });
    });
  }

  /** What a commit that makes `referrer` refer to a package has to hold besides. */
  referenceTo(pkg: Stored<OPackage>, referrer: string): Op[] {
    const { name } = pkg.value;
    return [
      { type: "check", key: packageKey(this.#keyPrefix, name), expect: pkg.revision },
      { type: "put", key: this.#guardKey(name), value: new TextEncoder().encode(referrer) },
    ];
  }

  #guardKey(name: string): string {
    return `${this.#keyPrefix}/references/${name}`;
  }

  /** Functions of dependencies are out of sight of the package's own rules. */
  async #checkBindings(pkg: OPackage, signal: AbortSignal | undefined): Promise<void> {
    const readPackage = async (name: string) =>
      (await this.packages.getPackage(name, { signal }))?.value;
    for (const [c, { functions }] of pkg.classes.entries()) {
      for (const [b, { functionKey }] of functions.entries()) {
        if (await boundFunction(pkg, functionKey, readPackage) === undefined) {
          throw new ConnectError(
            `Cannot create package "${pkg.name}": classes[${c}].functions[${b}].function_key ` +
              `names "${functionKey}", which the dependency does not have`,
            Code.FailedPrecondition,
          );
        }
      }
    }
  }
}

/** The package as it is stored: defaults written out, and the time put in. */
function stamped(pkg: OPackage, now: Date): OPackage {
  const full = withDefaults(OPackageSchema, pkg);
  const at = toTimestamp(now);
  const metadata = full.metadata ?? createModel(PackageMetadataSchema);
  return { ...full, metadata: { ...metadata, createdAt: at, updatedAt: at } };
}

/** Whether two packages say the same, whenever they were stored. */
function sameContent(a: OPackage, b: OPackage): boolean {
  const epoch = new Date(0);
  return equals(OPackageSchema, stamped(a, epoch), stamped(b, epoch));
}
