// What the rules ask of a value and of what is around it. Generated code calls
// these by name.
import type { OClass, OPackage } from "@oprc/proto/package";
import { isFunctionReference, isPackageName } from "./_names.ts";
import { Keys, type Scope } from "./_scope.ts";
import { isNotBlank } from "./_values.ts";

/** The first class of the package to have its key. */
export function isFirstClass(key: string, _owner: unknown, scope: Scope): boolean {
  return scope.package === undefined || scope.package.classes.indexOf(key) === scope.index;
}

/** The first function of the package to have its key. */
export function isFirstFunction(key: string, _owner: unknown, scope: Scope): boolean {
  return scope.package === undefined || scope.package.functions.indexOf(key) === scope.index;
}

/** The first binding of the class to bind its function. */
export function isFirstBinding(key: string, _owner: unknown, scope: Scope): boolean {
  return scope.class === undefined || scope.class.bindings.indexOf(key) === scope.index;
}

/** All three of the above at once for the lists of a package. */
export function arePartsUnique(_pkg: OPackage, scope: Scope): boolean {
  return scope.package === undefined ||
    (scope.package.classes.isUnique() && scope.package.functions.isUnique());
}

/** The same for the bindings of a class. */
export function areBindingsUnique(cls: OClass): boolean {
  return new Keys(cls.functions, "functionKey").isUnique();
}

/** The name of the package around it; its own name is what it must be, whatever it looks like. */
export function isOwningPackage(name: string, _owner: unknown, { package: pkg }: Scope): boolean {
  return pkg === undefined || pkg.name === name || !isNotBlank(pkg.name);
}

/** Just the name of the package around it, which is checked there. */
export function isNameOfPackage(name: string, _owner: unknown, { package: pkg }: Scope): boolean {
  return pkg !== undefined && pkg.name === name;
}

/** A package name where no package says what it must be. */
export function isPackageNameAlone(name: string, _owner: unknown, scope: Scope): boolean {
  return scope.package !== undefined || isPackageName(name);
}

/** A function of the package around it, whose key is checked there. */
export function isOwnFunction(key: string, _owner: unknown, { package: pkg }: Scope): boolean {
  return pkg !== undefined && pkg.functions.has(key);
}

/** A binding of a function that is there is right whatever the key looks like. */
export function isBindingReference(key: string, _owner: unknown, { package: pkg }: Scope): boolean {
  return (pkg !== undefined && pkg.functions.has(key)) || isFunctionReference(key);
}

/** A function of the package around it, or of a dependency that the package declares. */
export function isKnownFunction(key: string, _owner: unknown, { package: pkg }: Scope): boolean {
  if (pkg === undefined || pkg.functions.has(key)) return true;
  const slash = key.indexOf("/");
  return slash >= 0 && pkg.dependencies.has(key.slice(0, slash));
}
