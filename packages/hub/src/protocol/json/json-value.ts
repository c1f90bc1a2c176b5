import { SerializationError } from '../encoding.ts'

/**
 * A value as JSON. `undefined` is null, and bytes are base64.
 *
 * @throws SerializationError for a value that has no JSON: a bigint, a function, an object that contains itself.
 */
export function jsonValue(value: unknown): string {
  if (value === undefined) return 'null'
  let text: string | undefined
  try {
    text = JSON.stringify(value, bytesAsBase64)
  } catch (error) {
    throw new SerializationError(`The value cannot be written as JSON. ${reasonOf(error)}`, error)
  }
  if (text !== undefined) return text
  throw new SerializationError(`A ${typeof value} cannot be written as JSON.`)
}

/** Looks at the member itself, because some runtimes' bytes have a `toJSON` that has run before. */
function bytesAsBase64(this: unknown, key: string, value: unknown): unknown {
  const member = (this as Readonly<Record<string, unknown>>)[key]
  if (!ArrayBuffer.isView(member)) return value
  return base64(new Uint8Array(member.buffer, member.byteOffset, member.byteLength))
}

// A web standard that every runtime has.
declare const btoa: (binary: string) => string

/** As many arguments as every engine allows for a call. */
const CHUNK = 8192

function base64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  }
  return btoa(binary)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`
}
