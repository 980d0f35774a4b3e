/** Where time comes from; give another one to test what depends on time. */
export interface Clock {
  /** Milliseconds that never run backwards, counted from any moment. */
  now(): number;
  /** Calls `callback` once after `delayMs`; the function answered cancels that. */
  setTimer(callback: () => void, delayMs: number): () => void;
}
