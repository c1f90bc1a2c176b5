import assert from 'node:assert/strict'
import type {
  CloseEvent,
  Connection,
  Endpoint,
  HandlerSession,
  Message,
  Refusal,
} from '@wirebeat/core'
import { Inbox } from './inbox.ts'

/** How a connection ended. */
export interface Ended {
  readonly connection: Connection
  readonly event: CloseEvent
}

/** What a case wants done besides recording. Without `message` every message is sent back. */
export type RecordingHandlers = Pick<HandlerSession, 'open' | 'message' | 'drain' | 'timeout'>

/** Everything that an endpoint tells, and that its session is told, in order. */
export class Recording {
  /** Connections that opened, as the endpoint tells them. */
  readonly opened: Inbox<Connection> = new Inbox('a connection to open')
  /** Connections that ended, as the endpoint tells them. */
  readonly closed: Inbox<Ended> = new Inbox('a connection to end')
  /** Handshakes that were refused. */
  readonly refused: Inbox<Refusal> = new Inbox('a refusal')
  /** What went to `onError`. */
  readonly errors: Inbox<unknown> = new Inbox('an error of the session')
  /** Messages that the session was handed. */
  readonly messages: Inbox<Message> = new Inbox('a message')
  /** Calls of the session's `drain`. */
  readonly drained: Inbox<Connection> = new Inbox('a drain')
  /** The session that records. */
  readonly session: HandlerSession
  readonly #sessions = new Map<Connection, ('open' | 'message' | 'drain' | CloseEvent)[]>()

  constructor(handlers: RecordingHandlers = {}) {
    const { open, message, drain, timeout } = handlers
    this.session = {
      open: (connection) => {
        this.#note(connection, 'open')
        return open?.(connection)
      },
      message: (connection, received) => {
        this.#note(connection, 'message')
        this.messages.push(received)
        return message ? message(connection, received) : connection.send(received)
      },
      drain: (connection) => {
        this.#note(connection, 'drain')
        this.drained.push(connection)
        return drain?.(connection)
      },
      ...(timeout && { timeout }),
      close: (connection, event) => this.#note(connection, event),
    }
  }

  /** Listens to the endpoint's own events. */
  watch(endpoint: Endpoint): void {
    endpoint.on('open', (connection) => this.opened.push(connection))
    endpoint.on('close', (connection, event) => this.closed.push({ connection, event }))
    endpoint.on('refuse', (refusal) => this.refused.push(refusal))
  }

  /** Waits until every connection that opened has ended. */
  settled(): Promise<void> {
    return this.closed.reach(this.opened.all.length)
  }

  /** Holds what every connection owes, whatever a case was about. */
  verify(): void {
    for (const connection of this.opened.all) {
      const ends = this.closed.all.filter((ended) => ended.connection === connection)
      assert.equal(ends.length, 1, `close events of connection ${connection.id}`)
    }
    for (const [connection, calls] of this.#sessions) {
      const what = `calls of the session of connection ${connection.id}`
      assert.equal(calls.indexOf('open'), 0, `open comes first in the ${what}`)
      assert.equal(calls.lastIndexOf('open'), 0, `open comes once in the ${what}`)
      const ends = calls.filter((call) => typeof call === 'object')
      const end = this.closed.all.find((ended) => ended.connection === connection)
      assert.deepEqual(ends, [end?.event], `close comes once in the ${what}`)
      assert.equal(typeof calls.at(-1), 'object', `close comes last in the ${what}`)
    }
    assert.deepEqual(this.errors.untaken, [], 'errors of the session that the case did not expect')
  }

  #note(connection: Connection, call: 'open' | 'message' | 'drain' | CloseEvent): void {
    const calls = this.#sessions.get(connection)
    if (calls === undefined) this.#sessions.set(connection, [call])
    else calls.push(call)
  }
}
