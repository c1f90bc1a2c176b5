const NONE = '–'

/** "1,234". */
export function count(value: number): string {
  return value.toLocaleString('en')
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** "512 byte", "1.5 MB": in steps of a thousand. */
export function amountOfBytes(bytes: number): string {
  const power = bytes < 1_000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1)
  const unit = UNITS[power] ?? 'byte'
  return (bytes / 1_000 ** power).toLocaleString('en', {
    style: 'unit',
    unit,
    maximumFractionDigits: power === 0 ? 0 : 1,
  })
}

/** "12.3 ms"; a dash while there is none. */
export function milliseconds(time: number | undefined): string {
  if (time === undefined || Number.isNaN(time)) return NONE
  return `${time.toLocaleString('en', { maximumFractionDigits: 1 })} ms`
}

/** How much came in a second; a dash while nothing is known of before. */
export function rate(now: number, before: number | undefined, seconds: number | undefined): string {
  if (before === undefined || seconds === undefined || seconds <= 0) return NONE
  return Math.round((now - before) / seconds).toLocaleString('en')
}
