import type { Wire } from './wire.ts'

/** A response to a handshake. */
export interface Response {
  readonly status: number
  /** Names in lower case. */
  readonly fields: ReadonlyMap<string, string>
}

/**
 * Takes the next response that is final, or 101, off what came, or nothing while it is not whole.
 *
 * @throws Error for what is no response, and for a body that does not say where it ends.
 */
export function takeResponse(wire: Wire): Response | undefined {
  for (;;) {
    const bytes = wire.received
    const headEnd = bytes.indexOf('\r\n\r\n')
    if (headEnd < 0) return undefined
    const [line = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1])
    if (Number.isNaN(status)) throw new Error(`the server answered with ${JSON.stringify(line)}`)
    const fields = new Map<string, string>()
    for (const text of lines) {
      const [name = '', ...value] = text.split(':')
      fields.set(name.toLowerCase(), value.join(':').trim())
    }
    const size = endOfBody(bytes, headEnd + 4, status, fields)
    // The answer to a HEAD tells of a body that does not come.
    if (bytes.length < size && wire.end === undefined) return undefined
    wire.take(size)
    // 100 Continue is followed by another.
    if (status === 101 || status >= 200) return { status, fields }
  }
}

const LAST_CHUNK = '0\r\n\r\n'

function endOfBody(
  bytes: Buffer,
  start: number,
  status: number,
  fields: ReadonlyMap<string, string>,
): number {
  if (status < 200) return start
  if (fields.get('transfer-encoding') === 'chunked') {
    const end = bytes.indexOf(LAST_CHUNK, start)
    return end < 0 ? Number.POSITIVE_INFINITY : end + LAST_CHUNK.length
  }
  // Engines answer what is no HTTP without a body, or with one that ends with the connection.
  return start + Number(fields.get('content-length') ?? 0)
}
