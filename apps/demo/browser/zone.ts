/** A time zone in which it is this hour now, by the name that browsers know it by. */
export function zoneAt(hour: number): string {
  // From 11 hours behind Greenwich to 12 hours before it.
  const ahead = ((hour - new Date().getUTCHours() + 35) % 24) - 11
  // The sign of these names is that of the hours to add there to get to Greenwich.
  return `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`
}
