/**
 * Whether a value is of the class with this name, in any realm. Each realm has classes of its own, such as
 * those of `node:vm` and of Jest, so `instanceof` knows none of the others.
 */
export function isA(name: 'ArrayBuffer' | 'RegExp' | 'Uint8Array', value: unknown): boolean {
  return Object.prototype.toString.call(value) === `[object ${name}]`
}

/** Whether an object was written as a literal, in any realm. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return (
    typeof prototype === 'object' && prototype !== null && Object.getPrototypeOf(prototype) === null
  )
}
