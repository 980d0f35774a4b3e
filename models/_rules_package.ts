import {
  CreatePackageRequestSchema,
  DeletePackageRequestSchema,
  DeployClassRequestSchema,
  DeploymentStatusSchema,
  FunctionBindingSchema,
  GetPackageRequestSchema,
  OClassSchema,
  OFunctionSchema,
  OPackageSchema,
  ReportStatusRequestSchema,
} from "@oprc/proto/package";
import { isVersion } from "./_names.ts";
import { type MessageRules, type Rule, rulesOf } from "./_rule.ts";
import {
  functionReference,
  identifier,
  key,
  notEmpty,
  notEmptyList,
  oneOf,
  packageName,
  present,
} from "./_rules_basic.ts";
import { ACCESS_MODIFIERS, DEPLOYMENT_STATUSES } from "./_status.ts";
import { quote } from "./_text.ts";

const aPackageName = 'the name of a package, such as "images"';
const aClassKey = 'the key of a class, such as "thumbnail"';
const aFunctionKey = 'the key of a function, such as "resize"';

const version: Rule<string> = {
  code: "InvalidVersion",
  must: "be a semantic version, or a loose `1.0`",
  ofEmpty: true,
  fault: (value) =>
    isVersion(value)
      ? undefined
      : `is ${quote(value)}, not a version: expected a semantic version such as "1.4.0", or "1.0"`,
};

const uniqueClassKey: Rule<string> = {
  code: "DuplicateClassKey",
  must: "be unique in the package",
  fault: (value, _owner, { package: pkg, index }) => {
    if (pkg === undefined) return undefined;
    const first = pkg.classes.indexOf(value);
    return first === index
      ? undefined
      : `is ${quote(value)}, the key of classes[${first}] already: ` +
        `expected a key of its own for each class`;
  },
};

const uniqueFunctionKey: Rule<string> = {
  code: "DuplicateFunctionKey",
  must: "be unique in the package",
  fault: (value, _owner, { package: pkg, index }) => {
    if (pkg === undefined) return undefined;
    const first = pkg.functions.indexOf(value);
    return first === index
      ? undefined
      : `is ${quote(value)}, the key of functions[${first}] already: ` +
        `expected a key of its own for each function`;
  },
};

const uniqueBinding: Rule<string> = {
  code: "DuplicateBinding",
  must: "be unique in the class",
  fault: (value, _owner, { class: cls, index }) => {
    if (cls === undefined) return undefined;
    const first = cls.bindings.indexOf(value);
    return first === index
      ? undefined
      : `is ${quote(value)}, bound by functions[${first}] of the class already: ` +
        `expected each function once`;
  },
};

/** Inside a package its own name is the only right one, and its grammar is checked there. */
const owningPackage: Rule<string> = {
  code: "PackageMismatch",
  must: "name the package that holds it",
  fault: (value, _owner, { package: pkg }) =>
    pkg === undefined || pkg.name === value || pkg.name.trim() === ""
      ? undefined
      : `is ${quote(value)}, but the package that holds it is ${quote(pkg.name)}: ` +
        `expected ${quote(pkg.name)}`,
};

/** Outside a package, where no package says what the name must be. */
const packageNameAlone: Rule<string> = {
  ...packageName,
  fault: (value, owner, scope) =>
    scope.package === undefined ? packageName.fault(value, owner, scope) : undefined,
};

/** A binding of a function that is there is right whatever the key looks like. */
const bindingReference: Rule<string> = {
  ...functionReference,
  fault: (value, owner, scope) =>
    scope.package !== undefined && scope.package.functions.indexOf(value) >= 0
      ? undefined
      : functionReference.fault(value, owner, scope),
};

const knownFunction: Rule<string> = {
  code: "UnknownFunction",
  must: "name a function of the package, or `dependency/key` with a declared dependency",
  fault: (value, _owner, { package: pkg }) => {
    if (pkg === undefined || pkg.functions.indexOf(value) >= 0) return undefined;
    const slash = value.indexOf("/");
    if (slash < 0) {
      return `is ${quote(value)}, but the package has no such function: ` +
        `expected the key of one of its functions`;
    }
    const dependency = value.slice(0, slash);
    if (pkg.dependencies.indexOf(dependency) >= 0) return undefined;
    return dependency === pkg.name
      ? `is ${quote(value)}, but a package is no dependency of itself: ` +
        `expected the key alone, ${quote(value.slice(slash + 1))}`
      : `is ${quote(value)}, but ${quote(dependency)} is no declared dependency: ` +
        `expected one of \`dependencies\` before the slash`;
  },
};

const owner = [
  notEmpty("EmptyField", "the name of the package that holds it"),
  packageNameAlone,
  owningPackage,
];

/** The rules of oaas.package. */
export const packageRules: readonly MessageRules[] = [
  rulesOf(OPackageSchema, {
    name: [notEmpty("EmptyPackageName", aPackageName), packageName],
    version: [version],
    dependencies: { each: [notEmpty("EmptyDependencyName", aPackageName), packageName] },
  }),
  rulesOf(OClassSchema, {
    key: [notEmpty("EmptyClassKey", aClassKey), key, uniqueClassKey],
    name: [notEmpty("EmptyField", "a name for people")],
    package: owner,
    functions: { list: [notEmptyList("EmptyFunctionBindings", "binding of a function")] },
  }),
  rulesOf(OFunctionSchema, {
    key: [notEmpty("EmptyField", aFunctionKey), key, uniqueFunctionKey],
    name: [notEmpty("EmptyField", "a name for people")],
    package: owner,
    runtime: [notEmpty("EmptyField", 'the runtime of the function, such as "deno"')],
    handler: [notEmpty("EmptyField", 'where the runtime finds the code, such as "mod.ts#resize"')],
  }),
  rulesOf(FunctionBindingSchema, {
    functionKey: [
      notEmpty("EmptyField", aFunctionKey),
      uniqueBinding,
      bindingReference,
      knownFunction,
    ],
    accessModifier: [oneOf(ACCESS_MODIFIERS, { orEmpty: true })],
  }),
  rulesOf(CreatePackageRequestSchema, { package: [present] }),
  rulesOf(GetPackageRequestSchema, { name: [notEmpty("EmptyField", aPackageName), packageName] }),
  rulesOf(DeletePackageRequestSchema, {
    name: [notEmpty("EmptyField", aPackageName), packageName],
  }),
  rulesOf(DeployClassRequestSchema, {
    packageName: [notEmpty("EmptyField", aPackageName), packageName],
    classKey: [notEmpty("EmptyField", aClassKey), key],
    targetEnv: [notEmpty("EmptyField", 'an environment, such as "staging"'), identifier],
    targetClusters: { each: [notEmpty("EmptyField", "the name of a cluster"), identifier] },
  }),
  rulesOf(DeploymentStatusSchema, {
    deploymentId: [identifier],
    status: [oneOf(DEPLOYMENT_STATUSES, { orEmpty: false })],
  }),
  rulesOf(ReportStatusRequestSchema, {
    deploymentId: [notEmpty("EmptyField", "the id of a deployment"), identifier],
    status: [present],
  }),
];
