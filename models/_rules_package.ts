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
import {
  areBindingsUnique,
  arePartsUnique,
  isBindingReference,
  isFirstBinding,
  isFirstClass,
  isFirstFunction,
  isKnownFunction,
  isNameOfPackage,
  isOwnFunction,
  isOwningPackage,
  isPackageNameAlone,
} from "./_references.ts";
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
import {
  ACCESS_MODIFIERS,
  DEPLOYMENT_STATUSES,
  isAccessModifier,
  isDeploymentStatus,
} from "./_status.ts";
import { quote } from "./_text.ts";

const aPackageName = 'the name of a package, such as "images"';
const aClassKey = 'the key of a class, such as "thumbnail"';
const aFunctionKey = 'the key of a function, such as "resize"';

const version: Rule<string> = {
  code: "InvalidVersion",
  must: "be a semantic version, or a loose `1.0`",
  ofEmpty: true,
  holds: isVersion,
  fault: (value) =>
    `is ${quote(value)}, not a version: expected a semantic version such as "1.4.0", or "1.0"`,
};

const uniqueClassKey: Rule<string> = {
  code: "DuplicateClassKey",
  must: "be unique in the package",
  inWhole: true,
  holds: isFirstClass,
  fault: (value, _owner, { package: pkg }) =>
    `is ${quote(value)}, the key of classes[${pkg?.classes.indexOf(value)}] already: ` +
    `expected a key of its own for each class`,
};

const uniqueFunctionKey: Rule<string> = {
  code: "DuplicateFunctionKey",
  must: "be unique in the package",
  inWhole: true,
  holds: isFirstFunction,
  fault: (value, _owner, { package: pkg }) =>
    `is ${quote(value)}, the key of functions[${pkg?.functions.indexOf(value)}] already: ` +
    `expected a key of its own for each function`,
};

const uniqueBinding: Rule<string> = {
  code: "DuplicateBinding",
  must: "be unique in the class",
  inWhole: true,
  holds: isFirstBinding,
  fault: (value, _owner, { class: cls }) =>
    `is ${quote(value)}, bound by functions[${cls?.bindings.indexOf(value)}] of the class ` +
    `already: expected each function once`,
};

/** Inside a package its own name is the only right one, and its grammar is checked there. */
const owningPackage: Rule<string> = {
  code: "PackageMismatch",
  must: "name the package that holds it",
  holds: isOwningPackage,
  settles: isNameOfPackage,
  fault: (value, _owner, { package: pkg }) =>
    `is ${quote(value)}, but the package that holds it is ${quote(pkg?.name ?? "")}: ` +
    `expected ${quote(pkg?.name ?? "")}`,
};

/** Outside a package, where no package says what the name must be. */
const packageNameAlone: Rule<string> = { ...packageName, holds: isPackageNameAlone };

const bindingReference: Rule<string> = { ...functionReference, holds: isBindingReference };

const knownFunction: Rule<string> = {
  code: "UnknownFunction",
  must: "name a function of the package, or `dependency/key` with a declared dependency",
  holds: isKnownFunction,
  settles: isOwnFunction,
  fault: (value, _owner, { package: pkg }) => {
    const slash = value.indexOf("/");
    if (slash < 0) {
      return `is ${quote(value)}, but the package has no such function: ` +
        `expected the key of one of its functions`;
    }
    const dependency = value.slice(0, slash);
    return dependency === pkg?.name
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
  }, { whole: arePartsUnique }),
  rulesOf(OClassSchema, {
    key: [notEmpty("EmptyClassKey", aClassKey), key, uniqueClassKey],
    name: [notEmpty("EmptyField", "a name for people")],
    package: owner,
    functions: { list: [notEmptyList("EmptyFunctionBindings", "binding of a function")] },
  }, { whole: areBindingsUnique }),
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
    accessModifier: [oneOf(ACCESS_MODIFIERS, isAccessModifier, { orEmpty: true })],
  }),
  rulesOf(CreatePackageRequestSchema, { package: [present] }, { isOwn: true }),
  rulesOf(GetPackageRequestSchema, { name: [notEmpty("EmptyField", aPackageName), packageName] }, {
    isOwn: true,
  }),
  rulesOf(DeletePackageRequestSchema, {
    name: [notEmpty("EmptyField", aPackageName), packageName],
  }, { isOwn: true }),
  rulesOf(DeployClassRequestSchema, {
    packageName: [notEmpty("EmptyField", aPackageName), packageName],
    classKey: [notEmpty("EmptyField", aClassKey), key],
    targetEnv: [notEmpty("EmptyField", 'an environment, such as "staging"'), identifier],
    targetClusters: { each: [notEmpty("EmptyField", "the name of a cluster"), identifier] },
  }, { isOwn: true }),
  rulesOf(DeploymentStatusSchema, {
    deploymentId: [identifier],
    status: [oneOf(DEPLOYMENT_STATUSES, isDeploymentStatus, { orEmpty: false })],
  }),
  rulesOf(ReportStatusRequestSchema, {
    deploymentId: [notEmpty("EmptyField", "the id of a deployment"), identifier],
    status: [present],
  }, { isOwn: true }),
];
