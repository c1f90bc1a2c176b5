import { once } from 'node:events'
import { WebSocket } from 'ws'

/** Which clients there are: raw ones, and those of a hub. */
export type Kind = 'raw' | 'hub'

const END = '\u001e'

/** One connection of a client, from its begin to its end. */
export class Life {
  readonly kind: Kind
  readonly group: number
  /** The server that it is connected to, once that has said so. */
  server = ''
  /** The numbers that it has received, by the server that has published them. */
  readonly received = new Map<string, number[]>()
  /** The close code. `undefined` while it is open. */
  code: number | undefined
  readonly #socket: WebSocket
  #unfinished = ''

  private constructor(kind: Kind, group: number, socket: WebSocket) {
    this.kind = kind
    this.group = group
    this.#socket = socket
    socket.on('message', (data) => this.#take(String(data)))
    socket.on('close', (code) => {
      this.code = code
    })
    // `close` follows.
    socket.on('error', () => {})
  }

  /** Connects to whichever server the proxy chooses. Rejects where that cannot be reached. */
  static async begin(kind: Kind, group: number, port: number): Promise<Life> {
    const path = kind === 'raw' ? `/ws?group=${group}` : '/ws/hub'
    // The certificate of the tests vouches for nobody.
    const socket = new WebSocket(`wss://localhost:${port}${path}`, { rejectUnauthorized: false })
    const life = new Life(kind, group, socket)
    await once(socket, 'open')
    if (kind === 'hub') {
      life.#say({ protocol: 'json', version: 1 })
      life.#say({ type: 1, invocationId: '1', target: 'join', arguments: [String(group)] })
    }
    return life
  }

  get isOpen(): boolean {
    return this.code === undefined
  }

  /** Resolves when it has ended. */
  async ended(): Promise<void> {
    if (this.isOpen) await once(this.#socket, 'close')
  }

  leave(): void {
    this.#socket.close()
  }

  #say(record: object): void {
    this.#socket.send(JSON.stringify(record) + END)
  }

  #take(data: string): void {
    if (this.kind === 'raw') {
      this.#told(data)
      return
    }
    const records = (this.#unfinished + data).split(END)
    this.#unfinished = records.pop() ?? ''
    for (const text of records) {
      const { target, arguments: args } = JSON.parse(text)
      if (target === 'number') this.#told(args[0])
      else if (target === 'hello') this.#told(`hello ${args[0]}`)
    }
  }

  #told(text: string): void {
    const [first = '', second = ''] = text.split(' ')
    if (first === 'hello') {
      this.server = second
      return
    }
    const numbers = this.received.get(first) ?? []
    this.received.set(first, numbers)
    numbers.push(Number(second))
  }
}
