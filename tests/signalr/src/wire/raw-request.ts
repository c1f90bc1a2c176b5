import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { Changes } from './changes.ts'

/** Milliseconds after which an answer is taken not to come. */
const PATIENCE = 8_000

type Headers = Readonly<Record<string, string>>

export interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface Answer extends Head {
  readonly body: Buffer
}

/** A plain request on a connection of its own, and what has come of its answer. */
export class RawRequest {
  readonly #asked: ClientRequest
  readonly #changes = new Changes()
  #response: IncomingMessage | undefined
  #body = Buffer.alloc(0)
  /** How much of the body was taken by `part`. */
  #taken = 0
  #isWhole = false
  #isBroken = false

  constructor(
    origin: string,
    method: string,
    target: string,
    headers: Headers,
    body: string | Buffer,
  ) {
    const { hostname, port } = new URL(origin)
    this.#asked = request({ hostname, port, method, path: target, headers, agent: false })
    this.#asked.once('error', () => this.#break())
    this.#asked.once('response', (response) => this.#answered(response))
    this.#asked.end(body.length === 0 ? undefined : body)
  }

  /** Resolves with the status and the headers, if they came within so many milliseconds. */
  async head(ms: number = PATIENCE): Promise<Head | undefined> {
    await this.#changes.until(() => this.#response !== undefined || this.#isBroken, ms)
    return this.#head
  }

  /** Resolves with the whole answer, if it came within so many milliseconds. */
  async answer(ms: number = PATIENCE): Promise<Answer | undefined> {
    await this.#changes.until(() => this.#isWhole || this.#isBroken, ms)
    const head = this.#head
    return this.#isWhole && head !== undefined
      ? { ...head, body: this.#body.subarray(this.#taken) }
      : undefined
  }

  /** Takes the next bytes of the body, up to the end of a text: all there are, where the text has not come in time. */
  async part(text: string, ms: number = PATIENCE): Promise<Buffer> {
    const found = () => this.#body.indexOf(text, this.#taken)
    await this.#changes.until(() => found() >= 0 || this.#isWhole || this.#isBroken, ms)
    const start = this.#taken
    this.#taken = found() < 0 ? this.#body.length : found() + Buffer.byteLength(text)
    return this.#body.subarray(start, this.#taken)
  }

  /** Ends the TCP connection. */
  abandon(): void {
    this.#asked.destroy()
  }

  pause(): void {
    this.#response?.pause()
  }

  resume(): void {
    this.#response?.resume()
  }

  get #head(): Head | undefined {
    const response = this.#response
    if (response === undefined) return undefined
    return { status: response.statusCode ?? 0, headers: response.headers }
  }

  #answered(response: IncomingMessage): void {
    this.#response = response
    response.on('data', (chunk: Buffer) => {
      this.#body = Buffer.concat([this.#body, chunk])
      this.#changes.tell()
    })
    response.on('end', () => {
      this.#isWhole = true
      this.#changes.tell()
    })
    response.on('error', () => this.#break())
    this.#changes.tell()
  }

  #break(): void {
    this.#isBroken = true
    this.#changes.tell()
  }
}

/** Sends a plain request. Resolves with `undefined` when no answer came within 8 s. */
export async function ask(
  origin: string,
  method: string,
  target: string,
  headers: Headers,
  body: string | Buffer,
): Promise<Answer | undefined> {
  const asked = new RawRequest(origin, method, target, headers, body)
  const answer = await asked.answer()
  if (answer === undefined) asked.abandon()
  return answer
}
