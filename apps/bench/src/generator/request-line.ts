import { connect, type Socket } from 'node:net'
import { HOST, ORIGIN } from '../servers/settings.ts'

const HEAD_END = '\r\n\r\n'

/** A connection of HTTP/1.1 on which requests are made, one after the other. */
export class RequestLine {
  readonly #socket: Socket
  readonly #fields: string
  readonly #failed: (error: Error) => void
  #text = ''
  #answered: ((body: string) => void) | undefined

  constructor(port: number, failed: (error: Error) => void) {
    this.#failed = failed
    this.#fields = `Host: ${HOST}:${port}\r\nOrigin: ${ORIGIN}\r\nUser-Agent: wirebeat-bench\r\n`
    this.#socket = connect({ host: HOST, port })
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk))
    this.#socket.on('error', failed)
    this.#socket.on('close', () => failed(new Error('the server closed the connection')))
  }

  get isBusy(): boolean {
    return this.#answered !== undefined
  }

  get(target: string, answered: (body: string) => void): void {
    this.#answered = answered
    this.#socket.write(`GET ${target} HTTP/1.1\r\n${this.#fields}\r\n`)
  }

  post(target: string, body: Buffer | string, answered: (body: string) => void): void {
    this.#answered = answered
    const { length } = body
    this.#socket.write(
      `POST ${target} HTTP/1.1\r\n${this.#fields}Content-Type: text/plain;charset=UTF-8\r\n` +
        `Content-Length: ${length}\r\n\r\n${body.toString('latin1')}`,
      'latin1',
    )
  }

  /** Ends at once. Resolves when nothing is left of it. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.closed) resolve()
      this.#socket.once('close', () => resolve())
      // By a reset, so that no port stays behind in TIME_WAIT.
      this.#socket.resetAndDestroy()
    })
  }

  #read(chunk: Buffer): void {
    this.#text += chunk.toString('latin1')
    const headEnd = this.#text.indexOf(HEAD_END)
    if (headEnd < 0) return
    const head = this.#text.slice(0, headEnd)
    const size = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
    const start = headEnd + HEAD_END.length
    if (this.#text.length < start + size) return
    const body = this.#text.slice(start, start + size)
    this.#text = this.#text.slice(start + size)
    if (!head.startsWith('HTTP/1.1 2')) {
      this.#failed(new Error(`the server answered: ${head.slice(0, head.indexOf('\r\n'))} ${body}`))
      return
    }
    const answered = this.#answered
    this.#answered = undefined
    answered?.(body)
  }
}
