// A web standard that every runtime has.
declare const btoa: (binary: string) => string

/** As many arguments as every engine allows for a call. */
const CHUNK = 8192

/** Bytes as base64, with `=` at the end where it is needed. */
export function base64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength)
  let binary = ''
  for (let at = 0; at < bytes.length; at += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  }
  return btoa(binary)
}
