import { setTimeout } from 'node:timers/promises'
import { clientFrame, Opcode } from '@wirebeat/test-support/wire'
import { open } from './open.ts'
import { takeFrame } from './server-frame.ts'
import type { ServerProcess } from './server-process.ts'
import type { Wire } from './wire.ts'

/** Milliseconds from one message to the next. */
const INTERVAL = 10

/** A connection that does nothing wrong: it sends, and must see every echo, in order, all the time. */
export class Bystander {
  readonly #wire: Wire
  #count = 0
  #fault: string | undefined
  #isOver = false

  private constructor(wire: Wire) {
    this.#wire = wire
    this.#run().catch((error) => {
      this.#fault ??= String(error)
    })
  }

  static async open(server: ServerProcess): Promise<Bystander> {
    const { wire, status } = await open(server.port(false))
    if (status !== 101) throw new Error(`the bystander was answered with ${status}`)
    return new Bystander(wire)
  }

  /** What has gone wrong, if anything. */
  get fault(): string | undefined {
    return this.#fault && `the bystander: ${this.#fault}`
  }

  /** Echoes so far. */
  get count(): number {
    return this.#count
  }

  leave(): void {
    this.#isOver = true
    this.#wire.reset()
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const text = Buffer.from(`${this.#count}`)
      await this.#wire.send([clientFrame(Opcode.text, text, 0)])
      const isEchoed = await this.#wire.until(() => this.#look(text))
      if (this.#isOver) return
      if (isEchoed !== true) throw new Error(`no echo of message ${this.#count}`)
      this.#count++
      await setTimeout(INTERVAL)
    }
  }

  #look(text: Buffer): boolean | undefined {
    const frame = takeFrame(this.#wire)
    if (frame === undefined) return this.#wire.end === undefined ? undefined : false
    // The server's own ping; the next message is a sign of life as well.
    if (frame.opcode === Opcode.ping) return this.#look(text)
    return frame.opcode === Opcode.text && frame.payload.equals(text)
  }
}
