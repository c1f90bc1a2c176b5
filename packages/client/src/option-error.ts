/** An option is wrong. Thrown by the constructor, never later. */
export function optionError(option: string, value: unknown, allowed: string): TypeError {
  const shown = typeof value === 'string' ? `'${value}'` : String(value)
  return new TypeError(`${option} is ${shown}, allowed is ${allowed}`)
}
