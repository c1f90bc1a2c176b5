import type { MemoryPipe } from '@wirebeat/core/testing'
import { Condition } from './condition.ts'
import type { RawSocket, SocketEnd } from './raw-client.ts'

/** A case has asked for something below messages, and does not say that it needs `wire`. */
export class NoWireError extends Error {
  constructor(what: string) {
    super(`a client in memory cannot ${what}: the case needs the capability wire`)
  }
}

/** What there is of a socket below a client in memory. */
export class MemorySocket implements RawSocket {
  readonly #pipe: MemoryPipe
  readonly #changed = new Condition()
  readonly #history: string[] = []
  end: SocketEnd | undefined

  constructor(pipe: MemoryPipe) {
    this.#pipe = pipe
  }

  finishFromServer(): void {
    this.end ??= { how: 'fin', at: performance.now() }
  }

  notify(): void {
    this.#changed.notify()
  }

  note(what: string): void {
    this.#history.push(what)
  }

  until<T>(what: string, look: () => T | undefined, bound?: number): Promise<T> {
    return this.#changed.until(
      () => {
        const found = look()
        if (found === undefined && this.end !== undefined) {
          throw new Error(`the connection ended before ${this.#missing(what)}`)
        }
        return found
      },
      () => this.#missing(what),
      bound,
    )
  }

  ended(bound?: number): Promise<SocketEnd> {
    return this.#changed.until(
      () => this.end,
      () => this.#missing('the end'),
      bound,
    )
  }

  async gone(): Promise<void> {
    await this.ended()
  }

  finish(): void {
    this.#pipe.clientVanishes()
  }

  reset(): void {
    this.#pipe.clientVanishes()
  }

  pause(): void {
    this.#pipe.clientPauses()
  }

  resume(): void {
    this.#pipe.clientResumes()
  }

  write(): never {
    throw new NoWireError('write bytes')
  }

  writeAll(): never {
    throw new NoWireError('write bytes')
  }

  stalled(): never {
    throw new NoWireError('write bytes')
  }

  readOnce(): never {
    throw new NoWireError('read a part of what has come')
  }

  #missing(what: string): string {
    return `${what}; arrived: ${this.#history.join(', ') || 'nothing'}`
  }
}
