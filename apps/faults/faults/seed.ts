import process from 'node:process'

/**
 * What random tests are made from: `WIREBEAT_SEED`, or left to chance.
 *
 * @throws RangeError for a seed that is no whole number.
 */
export function seed(): number {
  const value = process.env['WIREBEAT_SEED'] ?? ''
  if (value === '') return Math.floor(Math.random() * 2 ** 31)
  if (!/^\d+$/.test(value))
    throw new RangeError(`WIREBEAT_SEED is ${value}, expected a whole number`)
  return Number(value)
}
