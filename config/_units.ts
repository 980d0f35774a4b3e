/** Durations such as `1m30s` and sizes such as `64MiB`, read and written. */

const MS_IN: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const BYTES_IN: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  k: 1e3,
  kB: 1e3,
  KB: 1e3,
  M: 1e6,
  MB: 1e6,
  G: 1e9,
  GB: 1e9,
  T: 1e12,
  TB: 1e12,
  Ki: 2 ** 10,
  KiB: 2 ** 10,
  Mi: 2 ** 20,
  MiB: 2 ** 20,
  Gi: 2 ** 30,
  GiB: 2 ** 30,
  Ti: 2 ** 40,
  TiB: 2 ** 40,
};

/** What a duration is written as: the sources are also those of the JSON Schema. */
export const DURATION = String.raw`^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$`;
/** What a size is written as. */
export const SIZE = String.raw`^\d+(?:\.\d+)? ?(?:[kMGT]B?|KB|[KMGT]iB?|B)?$`;

/** The milliseconds of `30s`, `1m30s` or `250ms`; undefined for anything else, or no whole number. */
export function parseDuration(text: string): number | undefined {
  if (!new RegExp(DURATION).test(text)) return undefined;
  let total = 0;
  let last = Infinity;
  for (const [, count, unit] of text.matchAll(/([\d.]+)(ms|[smhd])/g)) {
    const ms = MS_IN[unit!]!;
    // `30s1m` and `1s1s` are slips, not sums.
    if (ms >= last) return undefined;
    last = ms;
    total += Number(count) * ms;
  }
  return whole(total);
}

/** The bytes of `64MiB`, `64Mi`, `10MB`, `1.5 GiB` or `512`; undefined for anything else. */
export function parseSize(text: string): number | undefined {
  if (!new RegExp(SIZE).test(text)) return undefined;
  const [, count, unit] = /^([\d.]+) ?([A-Za-z]*)$/.exec(text)!;
  return whole(Number(count) * BYTES_IN[unit!]!);
}

/** `1.1s` is 1100, though 1.1 * 1000 is a little more. */
function whole(value: number): number | undefined {
  const rounded = Math.round(value);
  return Number.isSafeInteger(rounded) && Math.abs(value - rounded) < 1e-6 ? rounded : undefined;
}

/** Milliseconds as a person writes them: `1m30s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0s";
  let text = "";
  let left = ms;
  for (const [unit, size] of Object.entries(MS_IN).reverse()) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text;
}

/** Bytes as a person writes them: `64MiB`, and plain where no unit fits. */
export function formatSize(bytes: number): string {
  for (const unit of ["TiB", "GiB", "MiB", "KiB"]) {
    const size = BYTES_IN[unit]!;
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}B`;
}
