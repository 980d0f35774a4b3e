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

/** Tells whether a status is one of a set, in any letter case. */
export function isStatus(text: string, set: readonly string[]): boolean {
  return set.includes(text) || set.includes(upperCase(text));
}
