/** Stands for what is not known. */
export const NONE = '–'

// Made once, because making it costs more than using it.
const WHOLE = new Intl.NumberFormat('en')

/** "1,234". */
export function count(value: number): string {
  return WHOLE.format(value)
}

/** "1 byte", "1,024 bytes". */
export function quantity(value: number, unit: string): string {
  return `${count(value)} ${unit}${value === 1 ? '' : 's'}`
}

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const

/** "512 bytes", "1.5 MB": in steps of a thousand. */
export function amountOfBytes(bytes: number): string {
  if (bytes < 1_000) return quantity(bytes, 'byte')
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length)
  const amount = (bytes / 1_000 ** power).toLocaleString('en', { maximumFractionDigits: 1 })
  return `${amount} ${UNITS[power - 1]}`
}

/** "12.3 ms"; a dash while there is none. */
export function milliseconds(time: number | undefined): string {
  if (time === undefined || Number.isNaN(time)) return NONE
  return `${time.toLocaleString('en', { maximumFractionDigits: 1 })} ms`
}

/** How much came in a second; a dash while nothing is known of before. */
export function rate(now: number, before: number | undefined, seconds: number | undefined): string {
  if (before === undefined || seconds === undefined || seconds <= 0) return NONE
  return count(Math.round((now - before) / seconds))
}
