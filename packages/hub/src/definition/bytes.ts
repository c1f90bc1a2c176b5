import type { StandardSchemaV1 } from '@standard-schema/spec'
import { localBytes } from '@wirebeat/core/extension'

// A web standard that every runtime has.
declare const atob: (base64: string) => string

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const BYTES: StandardSchemaV1<Uint8Array | string, Uint8Array> = {
  '~standard': {
    version: 1,
    vendor: 'wirebeat',
    validate(value) {
      if (typeof value === 'string' && BASE64.test(value)) return { value: bytesOfBase64(value) }
      const bytes = localBytes(value)
      return bytes === undefined ? NO_BYTES : { value: bytes }
    },
  },
}

const NO_BYTES = { issues: [{ message: 'Expected bytes, or bytes as base64.' }] }

/**
 * The schema of bytes. They travel as base64 in JSON, which has no bytes, and as they are in MessagePack. A method is
 * handed a `Uint8Array` in both cases. Bytes that a method returns are written likewise, and need no schema.
 */
export function bytes(): StandardSchemaV1<Uint8Array | string, Uint8Array> {
  return BYTES
}

function bytesOfBase64(text: string): Uint8Array {
  const binary = atob(text)
  const result = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) result[at] = binary.charCodeAt(at)
  return result
}
