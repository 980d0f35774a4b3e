/** Who may call a function through a binding. */
export const ACCESS_MODIFIERS: readonly string[] = ["PUBLIC", "INTERNAL", "PRIVATE"];
/** How a deployment fares. */
export const DEPLOYMENT_STATUSES: readonly string[] = [
  "PENDING",
  "IN_PROGRESS",
  "DEPLOYED",
  "FAILED",
  "SCALING",
  "TERMINATING",
];
/** How an instance fares. */
export const RUNTIME_STATUSES: readonly string[] = [
  "STARTING",
  "RUNNING",
  "STOPPING",
  "STOPPED",
  "FAILED",
  "UNKNOWN",
];

/** Upper case of ASCII letters only: `toUpperCase` would make `ſ` an `S`. */
export function upperCase(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** Tells whether a text is an access modifier, in any letter case. */
export function isAccessModifier(text: string): boolean {
  return isStatus(text, ACCESS_MODIFIERS);
}

/** Tells whether a text is a deployment status, in any letter case. */
export function isDeploymentStatus(text: string): boolean {
  return isStatus(text, DEPLOYMENT_STATUSES);
}

/** Tells whether a text is a runtime status, in any letter case. */
export function isRuntimeStatus(text: string): boolean {
  return isStatus(text, RUNTIME_STATUSES);
}

function isStatus(text: string, set: readonly string[]): boolean {
  return set.includes(text) || set.includes(upperCase(text));
}
