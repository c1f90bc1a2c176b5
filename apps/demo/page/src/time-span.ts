/** A time for people, of milliseconds: "0.4 ms", "12 ms", "1.25 s", "12.5 s", "2 min", "2 min 5 s". */
export function timeSpan(time: number): string {
  if (time < 10) return `${time.toFixed(1)} ms`
  if (time < 999.5) return `${Math.round(time)} ms`
  const seconds = time / 1000
  if (seconds < 60) return `${trimmed(seconds.toFixed(seconds < 10 ? 2 : 1))} s`
  const minutes = Math.floor(Math.round(seconds) / 60)
  const rest = Math.round(seconds) % 60
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`
}

/** A running time, of milliseconds: "0.4 s", "12.0 s", "2 min 5 s". Its width changes seldom. */
export function inTenths(time: number): string {
  if (time < 60_000) return `${(Math.floor(time / 100) / 10).toFixed(1)} s`
  return timeSpan(Math.floor(time / 1000) * 1000)
}

function trimmed(decimal: string): string {
  return decimal.replace(/\.?0+$/, '')
}
