/** What is thrown at a server on one connection, or as one part of what a connection carries. */
export interface Input {
  readonly bytes: Buffer
  /** Where one write ends and the next begins, rising; places outside of the bytes mean nothing. */
  readonly cuts: readonly number[]
  /** Whether it goes to the endpoint that offers permessage-deflate. */
  readonly compression: boolean
  /** Whether the client resets the connection as soon as all is written. */
  readonly isHasty: boolean
}

/** The bytes as they are written. */
export function pieces({ bytes, cuts }: Input): Buffer[] {
  const places = cuts.filter((place) => place > 0 && place < bytes.length)
  const starts = [0, ...places]
  return starts.map((start, i) => bytes.subarray(start, places[i] ?? bytes.length))
}

/** In one line that can be read, and as hexadecimal that can be used. */
export function describeInput({ bytes, cuts, compression, isHasty }: Input): string {
  const text = JSON.stringify(bytes.toString('latin1')).replace(
    /[\x7f-\xff]/g,
    (c) => `\\x${c.charCodeAt(0).toString(16)}`,
  )
  return [
    `${bytes.length} bytes${compression ? ', with compression on' : ''}${isHasty ? ', then a reset' : ''}, written in pieces that end at: ${cuts.join(', ') || 'nowhere else'}`,
    `text: ${text}`,
    `hex:  ${bytes.toString('hex')}`,
  ].join('\n')
}
