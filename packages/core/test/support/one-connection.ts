import type { CloseEvent } from '../../src/connection/close.ts'
import type { Connection } from '../../src/connection/connection.ts'
import type { Message } from '../../src/connection/message.ts'
import { createEndpoint } from '../../src/endpoint/endpoint.ts'
import type { EndpointOptions } from '../../src/endpoint/options.ts'
import { heartbeatTolerance } from '../../src/heartbeat/heartbeat.ts'
import type { HandlerSession } from '../../src/session/session.ts'
import { connect } from './connect.ts'
import type { FakeTransportOptions } from './fake-transport.ts'
import { ManualClock } from './manual-clock.ts'

/** X of these tests, in milliseconds. */
export const X = 1_000
export const TOLERANCE = heartbeatTolerance(X)

export interface Setting extends Omit<EndpointOptions, 'session'> {
  readonly session?: HandlerSession<undefined>
  readonly transport?: FakeTransportOptions
}

/** One connection on a clock that stands still, and all that its session was told. */
export function setUp({ session = {}, transport: transportOptions, ...options }: Setting = {}) {
  const clock = new ManualClock()
  const errors: unknown[] = []
  const told: string[] = []
  const messages: Message[] = []
  const events: CloseEvent[] = []
  const opened: Connection<undefined>[] = []
  const endpoint = createEndpoint({
    clock,
    keepAliveInterval: X,
    closeTimeout: 300,
    onError: (error) => errors.push(error),
    ...options,
    session: {
      open(connection) {
        told.push('open')
        opened.push(connection)
        return session.open?.(connection)
      },
      message(connection: Connection<undefined>, message: Message) {
        told.push('message')
        messages.push(message)
        return session.message?.(connection, message)
      },
      drain(connection) {
        told.push('drain')
        return session.drain?.(connection)
      },
      ...(session.ping && { ping: (connection) => session.ping?.(connection) }),
      ...(session.timeout && { timeout: (connection) => session.timeout?.(connection) }),
      close(connection, event) {
        told.push('close')
        events.push(event)
        return session.close?.(connection, event)
      },
    },
  })
  const transport = connect(endpoint, transportOptions)
  const [connection] = opened
  if (connection === undefined) throw new Error('the session was not opened')
  return { clock, endpoint, connection, transport, errors, told, messages, events }
}

/** Lets everything happen that was put off until the current call is over. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve()
}
