import { ManualClock } from '@wirebeat/core/testing'
import type { ReconnectingWebSocketOptions } from '../src/options.ts'
import { ReconnectingWebSocket } from '../src/reconnecting-web-socket.ts'
import type { ProtocolsSource, UrlSource } from '../src/source.ts'
import type { Status } from '../src/status.ts'
import { FakeWebSocket } from './fake-web-socket.ts'

export { FakeWebSocket } from './fake-web-socket.ts'

/** X of these tests, in milliseconds. */
export const X = 1_000

const EVENTS = ['open', 'message', 'error', 'close', 'uncertain', 'expired'] as const

export interface Setting extends ReconnectingWebSocketOptions {
  readonly url?: UrlSource
  readonly protocols?: ProtocolsSource
}

/** A socket on a clock that stands still, and all that it tells. */
export function setUp({ url = 'ws://a.example', protocols, ...options }: Setting = {}) {
  FakeWebSocket.made = []
  const clock = new ManualClock()
  const socket = new ReconnectingWebSocket(url, protocols, {
    clock,
    WebSocket: FakeWebSocket,
    ...options,
  })
  const told: string[] = []
  const messages: unknown[] = []
  const uncertain: unknown[] = []
  const expired: unknown[] = []
  const statuses: Status[] = []
  for (const type of EVENTS) socket.addEventListener(type, () => told.push(type))
  socket.addEventListener('message', ({ data }) => messages.push(data))
  socket.addEventListener('uncertain', ({ data }) => uncertain.push(data))
  socket.addEventListener('expired', ({ data }) => expired.push(data))
  socket.addEventListener('statuschange', () => statuses.push(socket.status))
  return { clock, socket, told, messages, uncertain, expired, statuses }
}

/** Lets the time pass until the next attempt, and its URL be made. */
export async function nextAttempt({ clock, socket }: Pick<Socket, 'clock' | 'socket'>) {
  const { status } = socket
  if (status.state !== 'waiting') throw new Error(`the socket is ${status.state}, not waiting`)
  clock.advance(status.retryAt - clock.now())
  await settle()
}

type Socket = ReturnType<typeof setUp>

/** Lets everything happen that was put off until the current call is over. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}
