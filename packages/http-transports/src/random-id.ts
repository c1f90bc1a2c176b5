const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const BYTES = 16

/** 128 random bits, as 22 characters of base64url (RFC 4648, section 5). */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES))
  let text = ''
  for (let bit = 0; bit < 8 * BYTES; bit += 6) {
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0)
    text += ALPHABET[(pair >> (10 - (bit & 7))) & 63]
  }
  return text
}

// A web standard that every runtime has.
declare const crypto: { getRandomValues(array: Uint8Array): Uint8Array }
