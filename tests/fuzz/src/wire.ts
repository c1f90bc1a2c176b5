import { createConnection, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { HOST } from './settings.ts'

/** Addresses of this machine to come from, so that its ports are not used up. */
let lastAddress = 0

function nextAddress(): string {
  lastAddress = (lastAddress + 1) % 200
  return `127.0.1.${lastAddress + 1}`
}

/** A socket whose bytes are written as they are, and collected as they come. */
export class Wire {
  /** Milliseconds after which something that should happen counts as never happening. */
  static bound = 10_000
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #end: 'fin' | 'reset' | undefined
  #isGone = false
  #look: (() => void) | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
      this.#look?.()
    })
    socket.on('end', () => this.#finish('fin'))
    socket.on('error', () => this.#finish('reset'))
    socket.on('close', () => {
      this.#isGone = true
      this.#finish('reset')
    })
  }

  static connect(port: number): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const options = { host: HOST, port, localAddress: nextAddress(), allowHalfOpen: true }
      const socket = createConnection(options)
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new Wire(socket))
      })
    })
  }

  /** What came and was not taken. */
  get received(): Buffer {
    return this.#received
  }

  /** How the server's side has ended, if it has. */
  get end(): 'fin' | 'reset' | undefined {
    return this.#end
  }

  /** Takes bytes off the front of what came. */
  take(count: number): void {
    this.#received = this.#received.subarray(count)
  }

  /** Writes pieces one after another, each in a turn of its own. */
  async send(pieces: readonly Uint8Array[]): Promise<void> {
    for (const [i, piece] of pieces.entries()) {
      if (i > 0) await setImmediate()
      if (!this.#isGone) this.#socket.write(piece)
    }
  }

  /** Closes this side with a FIN. */
  finish(): void {
    this.#socket.end()
  }

  /** Ends both sides, so that nothing of the connection is left on this machine. */
  reset(): void {
    this.#socket.resetAndDestroy()
  }

  /**
   * @returns what `look` has found, or `undefined` when there was nothing within the bound.
   * @throws what `look` throws.
   */
  until<T>(look: () => T | undefined, bound: number = Wire.bound): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const settle = (value: T | undefined): void => {
        clearTimeout(timer)
        this.#look = undefined
        resolve(value)
      }
      const attempt = (): void => {
        try {
          const value = look()
          if (value !== undefined) settle(value)
        } catch (error) {
          reject(error)
          settle(undefined)
        }
      }
      this.#look = attempt
      attempt()
      if (this.#look !== undefined) timer = setTimeout(() => settle(undefined), bound)
    })
  }

  /** Waits until the server's side has ended, and says whether it has. */
  async ended(bound?: number): Promise<boolean> {
    return (await this.until(() => this.#end, bound)) !== undefined
  }

  #finish(how: 'fin' | 'reset'): void {
    this.#end ??= how
    this.#look?.()
  }
}
