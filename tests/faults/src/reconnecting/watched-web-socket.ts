import type { Data, WebSocketClass } from '@wirebeat/client'
import { WebSocket as Undici } from 'undici'
import { WebSocket as Ws } from 'ws'
import { monotonic } from '../monotonic.ts'
import type { WebSocketName } from './protocol.ts'

const CLASSES: Readonly<Record<WebSocketName, WebSocketClass>> = { ws: Ws, undici: Undici }

/** What passes between a client and its WebSockets. */
export class Line {
  /** When the present WebSocket last told of a message, or that it was open. */
  lastSign = 0
  readonly #handed = new Map<Data, number>()
  #present: object | undefined

  /** A class whose WebSockets tell this line before they tell the client. */
  watch(name: WebSocketName): WebSocketClass {
    const line = this
    const Bare = CLASSES[name]
    return class extends Bare {
      constructor(url: string, protocols?: string | string[]) {
        super(url, protocols)
        line.#present = this
        const note = (): void => {
          if (line.#present === this) line.lastSign = monotonic()
        }
        this.addEventListener('open', note)
        this.addEventListener('message', note)
      }

      override send(data: Data): void {
        line.#handed.set(data, monotonic())
        super.send(data)
      }
    }
  }

  /** When a message was last handed to a WebSocket. */
  handedAt(message: Data): number {
    const at = this.#handed.get(message)
    if (at === undefined) throw new Error(`${message} was not handed to any connection`)
    return at
  }
}
