import { clientFrame, Opcode, type OtherFrame } from '@wirebeat/test-support/wire'
import { HUB_PING_INTERVAL, hubHello, hubPing, isHub, isSocketIo, targetOf } from '../dialect.ts'
import type { MessageType } from '../load.ts'
import type { Route } from '../protocol.ts'
import { type Line, openLine, type Shared } from './line.ts'

/** What all connections share. */
export interface Failures extends Shared {
  failure: Error | undefined
}

const MASK = 0x5a17c3e9

/**
 * One connection. It has no more WebSocket in it than the benchmark needs: the handshake, pings, and the packets of the
 * protocol above.
 */
export abstract class Wire {
  readonly #route: Route
  readonly #failures: Failures
  readonly #opened: () => void
  readonly #type: MessageType
  readonly #line: Line
  #pinging: NodeJS.Timeout | undefined
  #isEnding = false
  isOpen = false

  /**
   * @param token of a connection that was negotiated
   * @param type what is sent on it, of which a hub is told
   * @param fields more header fields of the handshake
   * @param opened called when the connection is open, or has failed
   */
  protected constructor(
    port: number,
    route: Route,
    token: string | undefined,
    type: MessageType,
    fields: Readonly<Record<string, string>>,
    failures: Failures,
    opened: () => void,
  ) {
    this.#route = route
    this.#failures = failures
    this.#opened = opened
    this.#type = type
    const query = token === undefined ? '' : `?id=${token}`
    const handshake = { port, target: targetOf(route.dialect) + query, fields }
    this.#line = openLine(route.carrier, handshake, failures, {
      accepted: () => {
        if (route.dialect === 'websocket') this.welcomed()
        if (isHub(route.dialect)) this.#line.write(hubHello(route.dialect, type, MASK))
      },
      take: (chunk, at, end) => this.read(chunk, at, end),
      failed: (error) => this.fail(error),
    })
  }

  /** Takes the bytes from `at` to `end`. Throws when they are not what was expected. */
  protected abstract read(chunk: Buffer, at: number, end: number): void

  /** Ends at once. Resolves when nothing is left of it. */
  end(): Promise<void> {
    this.#isEnding = true
    this.isOpen = false
    clearInterval(this.#pinging)
    return this.#line.end()
  }

  protected write(bytes: Buffer): void {
    this.#line.write(bytes)
  }

  /** Reads nothing any more. The server may end it. */
  protected stopReading(): void {
    this.#isEnding = true
    this.#line.pause()
  }

  /** To be called for what is no message. */
  protected onOther({ opcode, payload }: OtherFrame): void {
    if (opcode === Opcode.ping) {
      this.#line.write(clientFrame(Opcode.pong, payload, MASK))
    } else if (opcode === Opcode.text && isSocketIo(this.#route.dialect)) {
      this.#onPacket(payload.toString())
    } else if (opcode !== Opcode.pong) {
      // A pong that nobody asked for is the keep-alive of ASP.NET Core (RFC 6455, section 5.5.3).
      throw new Error(`the server sent a frame with opcode ${opcode}: ${payload.toString('hex')}`)
    }
  }

  protected fail(error: Error): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.isOpen = false
    clearInterval(this.#pinging)
    this.#failures.failure ??= error
    this.#line.end()
    this.#opened()
  }

  /** To be called when messages can be exchanged. */
  protected welcomed(): void {
    this.isOpen = true
    if (isHub(this.#route.dialect)) {
      const ping = hubPing(this.#type, MASK)
      this.#pinging = setInterval(() => this.#line.write(ping), HUB_PING_INTERVAL)
    }
    this.#opened()
  }

  /** The packets of engine.io 4, around those of socket.io 5. */
  #onPacket(packet: string): void {
    // Open: ask for the namespace. Ping: answer. What begins with 40: the namespace is open.
    if (packet.startsWith('0')) this.#line.write(textFrame('40'))
    else if (packet === '2') this.#line.write(textFrame('3'))
    else if (packet.startsWith('40')) this.welcomed()
    else throw new Error(`the server sent the packet ${packet}`)
  }
}

function textFrame(text: string): Buffer {
  return clientFrame(Opcode.text, Buffer.from(text), MASK)
}
