/**
 * The value below which a share of the samples is, by the nearest-rank method: always a measured one.
 * @param share  0 to 1
 * @returns `undefined` without samples
 */
export function quantile (samples: readonly number[], share: number): number | undefined {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

/** The middle sample, or the mean of the two in the middle; `undefined` without samples. */
export function median (samples: readonly number[]): number | undefined {
  const sorted = samples.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const low = sorted[Math.ceil(middle) - 1]
  const high = sorted[Math.floor(middle)]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

/** The mean; `undefined` without samples. */
export function mean (samples: readonly number[]): number | undefined {
  return samples.length === 0 ? undefined : samples.reduce((sum, sample) => sum + sample, 0) / samples.length
}
