import { once } from 'node:events'
import { ReconnectingWebSocket, type Status } from '@wirebeat/client'
import { monotonic } from '../monotonic.ts'
import type { ConnectQuestion, Diary, LostConnection, Uncertain, Wait } from './protocol.ts'
import { Line } from './watched-web-socket.ts'

/** A client that sends numbered messages, and writes down what becomes of them. */
export class Talker {
  readonly #name: string
  readonly #socket: ReconnectingWebSocket
  readonly #line = new Line()
  readonly #uncertain: Uncertain[] = []
  readonly #losses: LostConnection[] = []
  readonly #waits: Wait[] = []
  readonly #pacemaker: NodeJS.Timeout | undefined
  #sent = 0
  #queued = 0
  #unsent = 0
  #forgotten = 0
  #status: Status
  #toldAt = 0

  constructor(name: string, { url, webSocket, settings, pace }: Omit<ConnectQuestion, 'names'>) {
    this.#name = name
    const WebSocket = this.#line.watch(webSocket)
    this.#socket = new ReconnectingWebSocket(url, [], { ...settings, WebSocket })
    this.#status = this.#socket.status
    this.#socket.onstatuschange = () => this.#onStatus(this.#status, this.#socket.status)
    this.#socket.onuncertain = ({ data }) => {
      const number = Number(String(data).split(' ')[1])
      const at = monotonic()
      this.#uncertain.push({ number, at, age: at - this.#line.handedAt(data) })
    }
    if (pace !== undefined) this.#pacemaker = setInterval(() => this.#send(), pace)
  }

  get isOpen(): boolean {
    return this.#status.state === 'open'
  }

  get diary(): Diary {
    return {
      name: this.#name,
      sent: this.#sent,
      queued: this.#queued,
      uncertain: this.#uncertain,
      unsent: this.#unsent,
      forgotten: this.#forgotten,
      losses: this.#losses,
      waits: this.#waits,
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#pacemaker)
    const closed = once(this.#socket, 'close')
    this.#socket.close()
    await closed
  }

  #send(): void {
    if (!this.isOpen) this.#queued++
    this.#socket.send(`${this.#name} ${++this.#sent}`)
  }

  #onStatus(before: Status, status: Status): void {
    const at = monotonic()
    if (before.state === 'open' && status.state === 'waiting') {
      this.#losses.push({ cause: status.cause, at, lastSign: this.#line.lastSign })
    }
    if (status.state === 'waiting' || status.state === 'closed') this.#forgotten += status.forgotten
    if (status.state === 'closed') this.#unsent = status.unsent.length
    if (before.state === 'waiting' && status.state === 'connecting') {
      this.#waits.push({
        retries: before.failures - 1,
        due: at + before.retryAt - performance.now(),
        announced: before.retryAt - this.#toldAt,
        taken: performance.now() - this.#toldAt,
      })
    }
    this.#toldAt = performance.now()
    this.#status = status
  }
}
