/**
 * How often values that are evenly spread over 0 to 1 look as unevenly spread as this, at most: the
 * Dvoretzky-Kiefer-Wolfowitz bound for the statistic of Kolmogorov and Smirnov.
 */
export function chanceOfUniform(values: readonly number[]): number {
  const count = values.length
  const distances = values
    .toSorted((a, b) => a - b)
    .map((value, index) => Math.max(value - index / count, (index + 1) / count - value))
  return Math.min(1, 2 * Math.exp(-2 * count * Math.max(...distances) ** 2))
}
