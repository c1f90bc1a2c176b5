import { type Input, pieces } from './input.ts'
import type { Player, PlayerContext } from './player.ts'
import { TOKEN } from './request-input.ts'
import { PATH } from './settings.ts'
import { Wire } from './wire.ts'

/** What requests may be answered with. 500 and 503 are not among them. */
const STATUSES: ReadonlySet<number> = new Set([
  100, 101, 200, 202, 204, 400, 403, 404, 405, 408, 409, 413, 415, 417, 426, 431, 501, 505,
])
/** Inputs with one token. */
const MOST = 10
/** Requests of these that are not answered yet. */
const MOST_WAITING = 3
/** Milliseconds after which an answer is waited for beside the next inputs. */
const PATIENCE = 50
/** What the request accepts that opens a connection: any answer, as a poll, or a stream. Nothing opens it without one. */
const OPENERS: readonly (string | undefined)[] = ['*/*', 'text/event-stream', undefined]
/** Requests that may be in one input, each of which may open a connection. */
const MOST_REQUESTS = 3

/** Sends each input on a connection of its own, and several with one token. */
export class RequestPlayer implements Player {
  readonly before: Buffer = Buffer.alloc(0)
  readonly #context: PlayerContext
  #token: string | undefined
  #count = 0
  #tokens = 0
  #waiting: Wire[] = []

  constructor(context: PlayerContext) {
    this.#context = context
  }

  async play(input: Input): Promise<string> {
    if (this.#count++ % MOST === 0) await this.#begin()
    // Any of them may open the connection.
    this.#context.ledger.doubtful += MOST_REQUESTS
    const text = input.bytes.toString('latin1').replaceAll(TOKEN, this.#token ?? '')
    const wire = await Wire.connect(this.#context.server.fallbackPort)
    await wire.send(pieces({ ...input, bytes: Buffer.from(text, 'latin1') }))
    if (input.isHasty) {
      wire.reset()
      return 'left'
    }
    const answer = await wire.until(() => statusOf(wire) ?? wire.end, PATIENCE)
    if (answer !== undefined) return conclude(wire)
    this.#waiting.push(wire)
    const oldest = this.#waiting.length > MOST_WAITING ? this.#waiting.shift() : undefined
    return oldest === undefined ? 'waits' : conclude(oldest)
  }

  leave(): void {
    for (const wire of this.#waiting.splice(0)) wire.reset()
  }

  /** Gets another token, and opens the connection with it by a poll, by a stream, or not yet. */
  async #begin(): Promise<void> {
    this.leave()
    this.#token = await this.#negotiate()
    const accept = OPENERS[this.#tokens++ % OPENERS.length]
    if (accept === undefined) return
    this.#context.ledger.doubtful++
    this.#waiting.push(await this.#ask('GET', `?id=${this.#token}`, `Accept: ${accept}`))
  }

  async #ask(method: string, behind: string, field: string): Promise<Wire> {
    const wire = await Wire.connect(this.#context.server.fallbackPort)
    const lines = [`${method} ${PATH}${behind} HTTP/1.1`, 'Host: localhost', field, '', '']
    await wire.send([Buffer.from(lines.join('\r\n'))])
    return wire
  }

  async #negotiate(): Promise<string> {
    const wire = await this.#ask('POST', '/negotiate?negotiateVersion=1', 'Content-Length: 0')
    const token = await wire.until(
      () => /"connectionToken":"([^"]+)"/.exec(wire.received.toString())?.[1] ?? wire.end,
    )
    const said = wire.received.toString('latin1', 0, 300)
    wire.reset()
    if (token === undefined || token === 'fin' || token === 'reset') {
      throw new Error(`a negotiation was answered with ${JSON.stringify(said)}`)
    }
    return token
  }
}

/**
 * The status of the first response.
 *
 * @throws Error for what is no response, and when that of any response is not as it should be.
 */
function statusOf(wire: Wire): number | undefined {
  const text = wire.received.toString('latin1')
  if (text.length < STATUS_LINE.length) return undefined
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
  const isRight = text.startsWith('HTTP/1.1 ') && statuses.every((status) => STATUSES.has(status))
  if (!isRight)
    throw new Error(`the server answered with ${statuses} ${JSON.stringify(text.slice(0, 100))}`)
  return statuses[0]
}

const STATUS_LINE = 'HTTP/1.1 200 '

/** Waits for the answer, or for the end when nothing more can come. */
async function conclude(wire: Wire): Promise<string> {
  try {
    // It is no whole request, or may be none, where nothing has come.
    if (statusOf(wire) === undefined) wire.finish()
    const answer = await wire.until(() => statusOf(wire) ?? wire.end)
    if (answer === undefined) throw new Error('no answer came, and no end')
    return typeof answer === 'string' ? 'ended' : `${answer}`
  } finally {
    wire.reset()
  }
}
