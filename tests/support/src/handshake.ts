const LINE_END = '\r\n'
const HEAD_END = '\r\n\r\n'

/**
 * The request of a good handshake (RFC 6455, section 4.1).
 *
 * @param fields more of its header fields, a line each
 */
export function handshakeRequest(
  target: string,
  host: string,
  fields: readonly string[] = [],
): string {
  return [
    `GET ${target} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...fields,
    LINE_END,
  ].join(LINE_END)
}

/** The head of the answer to a handshake, collected as it comes. */
export class AnswerHead {
  #text = ''

  /** Takes what came. Returns where in it the head ends, or `undefined` while the head goes on. */
  read(bytes: Buffer): number | undefined {
    const before = this.#text.length
    this.#text += bytes.toString('latin1')
    const end = this.#text.indexOf(HEAD_END)
    return end === -1 ? undefined : end + HEAD_END.length - before
  }

  get status(): number {
    return Number(this.statusLine.split(' ', 2)[1])
  }

  get statusLine(): string {
    return this.#text.slice(0, this.#text.indexOf(LINE_END))
  }
}
