import { on, once } from 'node:events'
import { type ClientOptions, WebSocket } from 'ws'
import { soon } from './program.ts'

/** A client that keeps all messages until they are asked for. */
export class Client {
  readonly #socket: WebSocket
  readonly #messages: AsyncIterator<readonly unknown[]>
  /** The close code. */
  readonly closed: Promise<number>

  /** Connects; `Origin` is that of a page of the server itself. */
  static async open(port: number, path: string, options: ClientOptions = {}): Promise<Client> {
    const isSecure = options.ca !== undefined
    const socket = new WebSocket(`${isSecure ? 'wss' : 'ws'}://localhost:${port}${path}`, {
      origin: `${isSecure ? 'https' : 'http'}://localhost:${port}`,
      ...options,
    })
    const client = new Client(socket)
    await once(socket, 'open', soon())
    return client
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket
    this.#messages = on(socket, 'message', soon())
    this.closed = once(socket, 'close', soon()).then(([code]) => code)
    // Told by whoever waits for it; here so that it is no unhandled rejection before.
    this.closed.catch(() => {})
  }

  send(text: string): void {
    this.#socket.send(text)
  }

  /** The next message. */
  async message(): Promise<string> {
    const { value } = await this.#messages.next()
    return String(value?.[0])
  }

  async ask(text: string): Promise<string> {
    this.send(text)
    return this.message()
  }

  close(): void {
    this.#socket.close()
  }
}

/** The status with which a handshake is refused. */
export async function refusal(
  port: number,
  path: string,
  options?: ClientOptions,
): Promise<number> {
  const socket = new WebSocket(`ws://localhost:${port}${path}`, options)
  const [request, response] = await once(socket, 'unexpected-response', soon())
  request.destroy()
  return response.statusCode
}
