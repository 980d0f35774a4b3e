// The names of the platform go into etcd keys, Kubernetes objects and URLs.

/** The longest name that Kubernetes and etcd both carry. */
export const MAX_NAME_LENGTH = 253;
const MAX_LABEL_LENGTH = 63;

const PACKAGE_NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const KEY = /^[a-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const IDENTIFIER = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** A DNS-1123 subdomain, which a single label is too. */
export function isPackageName(text: string): boolean {
  if (text.length > MAX_NAME_LENGTH || !PACKAGE_NAME.test(text)) return false;
  return text.length <= MAX_LABEL_LENGTH ||
    text.split(".").every((label) => label.length <= MAX_LABEL_LENGTH);
}

/** The key of a class or a function. */
export function isKey(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && KEY.test(text);
}

/** An id, an environment or a cluster: a key that may begin with a capital. */
export function isIdentifier(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && IDENTIFIER.test(text);
}

const NUMBER = "(?:0|[1-9]\\d*)";
const PRE_RELEASE = `(?:${NUMBER}|\\d*[A-Za-z-][0-9A-Za-z-]*)`;
const VERSION = new RegExp(
  `^${NUMBER}\\.${NUMBER}(?:\\.${NUMBER}(?:-${PRE_RELEASE}(?:\\.${PRE_RELEASE})*)?` +
    `(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?)?$`,
);

/** A semantic version (semver.org 2.0.0), or `1.0` without its last number. */
export function isVersion(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && VERSION.test(text);
}
