import { randomBytes } from 'node:crypto'
import { Special } from '../wire/message-pack.ts'

/**
 * What differs each time, by name: `$key` is a new one for each conversation, `$NAME.id` and `$NAME.token` are what a
 * negotiation answered, `$NAME.asked` is the id of the last call that the server made and awaits an answer to, and
 * `$origin` is where the server is.
 */
export class Names {
  readonly #values = new Map<string, string>()
  /** The ids of calls of the server, which are quoted wherever they stand. */
  readonly #asked: string[] = []

  constructor(origin: string) {
    this.set('origin', origin)
    this.set('key', `k${randomBytes(6).toString('hex')}`)
  }

  set(name: string, value: string): void {
    this.#values.set(name, value)
  }

  setAsked(connection: string, id: string): void {
    this.set(`${connection}.asked`, id)
    if (!this.#asked.includes(id)) this.#asked.push(id)
  }

  /** The value with the names in its texts replaced by what they stand for. */
  resolve<Value>(value: Value): Value {
    return this.#resolve(value) as Value
  }

  #resolve(value: unknown): unknown {
    if (typeof value === 'string') {
      return value.replace(/\$(\w+\.(?:id|token|asked)|key|origin)/g, (_, name: string) => {
        const known = this.#values.get(name)
        // The server has not said what the conversation needs, which its transcript shows.
        return known ?? `unknown-${name}`
      })
    }
    if (value === null || typeof value !== 'object') return value
    if (value instanceof Special || Buffer.isBuffer(value)) return value
    if (Array.isArray(value)) return value.map((item) => this.#resolve(item))
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, this.#resolve(member)]),
    )
  }

  /** The text with names in place of what they stand for, and with long runs of a letter shortened. */
  hide(text: string): string {
    let hidden = text
    for (const [name, value] of this.#values) {
      if (!name.endsWith('.asked')) hidden = hidden.replaceAll(value, `$${name}`)
    }
    this.#asked.forEach((id, index) => {
      hidden = hidden.replace(new RegExp(`\\b${id}\\b`, 'g'), `$$asked${index + 1}`)
    })
    return hidden.replace(/(.)\1{19,}/gs, (run, letter: string) => `${letter}{${run.length}}`)
  }
}
