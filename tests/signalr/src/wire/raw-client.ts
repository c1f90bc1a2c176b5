import { type RawData, WebSocket } from 'ws'
import { describeRecords } from './message-pack.ts'
import { type EncodingName, SEPARATOR } from './record.ts'

/** What has come to a client. */
export type Arrival =
  | { readonly kind: 'record'; readonly text: string; readonly value: unknown }
  | { readonly kind: 'end'; readonly text: string }

/** A WebSocket that takes nothing for granted of the hub protocol: it shows what comes, and sends what it is told to. */
export class RawClient {
  readonly #socket: WebSocket
  readonly #encoding: EncodingName
  readonly #arrivals: Arrival[] = []
  readonly #waiting = new Set<() => void>()
  #hasHandshake: boolean
  #pings = 0
  /** The last number that the server has acknowledged. */
  #acknowledged = 0
  #broken = ''
  #isOver = false
  #isClosing = false

  private constructor(socket: WebSocket, encoding: EncodingName, hasHandshake: boolean) {
    this.#socket = socket
    this.#hasHandshake = hasHandshake
    this.#encoding = encoding
    socket.on('message', (data, isBinary) => this.#take(data, isBinary))
    socket.on('error', (error) => {
      this.#broken ||= error.message
    })
    socket.on('close', (code, reason) => this.#end(code, reason.toString()))
  }

  /**
   * Resolves with the client, or with the answer that refused it.
   *
   * @param hasHandshake whether the handshake was made by another WebSocket
   */
  static open(
    url: string,
    encoding: EncodingName,
    headers: Readonly<Record<string, string>>,
    hasHandshake: boolean,
  ): Promise<RawClient | string> {
    return new Promise((resolve) => {
      const socket = new WebSocket(url, { headers, perMessageDeflate: false })
      const client = new RawClient(socket, encoding, hasHandshake)
      socket.once('open', () => resolve(client))
      socket.once('error', (error) => resolve(`failed: ${error.message}`))
      socket.once('unexpected-response', (request, response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          body += chunk
        })
        response.on('end', () => {
          request.destroy()
          const type = response.headers['content-type']
          resolve(['refused', response.statusCode, type, body].filter(Boolean).join(' '))
        })
      })
    })
  }

  /** Whether it has ended, and all that came before has been taken. */
  get isOver(): boolean {
    return this.#isOver && this.#arrivals.length === 0
  }

  send(data: string | Buffer, isFinal = true): void {
    this.#socket.send(data, { fin: isFinal }, () => {
      // Whether it left does not matter: what the server says to it does.
    })
  }

  close(code: number | undefined, reason: string): void {
    this.#isClosing = true
    if (code === undefined) this.#socket.close()
    else this.#socket.close(code, reason)
  }

  /** Ends the TCP connection, without a close frame. */
  cut(): void {
    this.#socket.terminate()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** What came next, if it came within so many milliseconds. */
  async next(ms: number): Promise<Arrival | undefined> {
    await this.#when(() => this.#arrivals.length > 0, ms)
    return this.#arrivals.shift()
  }

  /** Resolves with whether a ping came within so many milliseconds, if none has come before. */
  async nextPing(ms: number): Promise<boolean> {
    await this.#when(() => this.#pings > 0 || this.#isOver, ms)
    return this.#pings > 0
  }

  /** Resolves with how many records were acknowledged: as many as asked, or what it was after so many milliseconds. */
  async acknowledgement(number: number, ms: number): Promise<number> {
    await this.#when(() => this.#acknowledged >= number || this.#isOver, ms)
    return this.#acknowledged
  }

  get wasPinged(): boolean {
    return this.#pings > 0
  }

  forgetPings(): void {
    this.#pings = 0
  }

  #when(isSo: () => boolean, ms: number): Promise<void> {
    if (isSo()) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve()
      }
      const look = () => {
        if (isSo()) done()
      }
      const timer = setTimeout(done, ms)
      this.#waiting.add(look)
    })
  }

  #changed(): void {
    for (const look of [...this.#waiting]) look()
  }

  #take(data: RawData, isBinary: boolean): void {
    let bytes = data as Buffer
    // The answer to a handshake is JSON in both encodings.
    if (isBinary && this.#encoding === 'messagepack' && !this.#hasHandshake) {
      const end = bytes.indexOf(SEPARATOR)
      this.#takeText(bytes.subarray(0, end + 1).toString(), '')
      bytes = bytes.subarray(end + 1)
    }
    const isExpected = isBinary === (this.#encoding === 'messagepack')
    if (!isBinary) this.#takeText(bytes.toString(), isExpected ? '' : 'as text: ')
    else if (this.#encoding === 'json') this.#takeText(bytes.toString(), 'as binary: ')
    else for (const { text, value } of describeRecords(bytes)) this.#record(text, value)
    this.#changed()
  }

  #takeText(text: string, note: string): void {
    const records = text.split(SEPARATOR)
    const rest = records.pop() ?? ''
    for (const record of records) this.#record(note + record, parse(record))
    if (rest !== '') this.#record(`${note}incomplete: ${rest}`, undefined)
    this.#hasHandshake = true
  }

  #record(text: string, value: unknown): void {
    // Whether the genuine server still sends one, when it has read the close frame, is left to chance.
    if (this.#isClosing && /^(\{"type":7|\[7,)/.test(text)) return
    const [, acknowledged] = /^(?:\{"type":8,"sequenceId":|\[8,)(-?\d+)[}\]]$/.exec(text) ?? []
    if (acknowledged !== undefined) this.#acknowledged = Number(acknowledged)
    else if (text === '{"type":6}' || text === '[6]') this.#pings++
    else this.#arrivals.push({ kind: 'record', text, value })
  }

  #end(code: number, reason: string): void {
    this.#isOver = true
    const how = code === 1006 ? 'cut' : `end ${code}`
    const parts = [how, reason && JSON.stringify(reason), this.#broken && `(${this.#broken})`]
    this.#arrivals.push({ kind: 'end', text: parts.filter(Boolean).join(' ') })
    this.#changed()
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
