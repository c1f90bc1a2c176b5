import { hex } from './bytes.ts'
import { closeCodeMeaning } from './close-code.ts'
import { quantity } from './figure.ts'
import { isCut, type MessagePreview } from './message-preview.ts'
import { timeSpan } from './time-span.ts'

/** Something that happened on the wire, or was kept from happening. */
export type LogEvent =
  | { kind: 'sent' | 'received'; message: MessagePreview }
  | { kind: 'beat'; from: 'client' | 'server'; what: string }
  | { kind: 'opened'; url: string; protocol: string; downtime: number | undefined }
  | { kind: 'closed'; code: number; reason: string; wasClean: boolean; everOpened: boolean }
  | { kind: 'failed' | 'note'; what: string; hint: string }

/** An event with its place in the log. */
export interface LogEntry {
  readonly event: LogEvent
  readonly at: Date
  /** Counts from 0. */
  readonly number: number
}

/** The parts of the log that can be looked at by themselves. */
export type LogPart = 'messages' | 'connection' | 'heartbeats'

export function partOf({ kind }: LogEvent): LogPart {
  if (kind === 'sent' || kind === 'received') return 'messages'
  return kind === 'beat' ? 'heartbeats' : 'connection'
}

/** From and To; nobody for what is no message. */
export function ends(event: LogEvent): readonly [from: string, to: string] | undefined {
  const fromClient = event.kind === 'sent' || (event.kind === 'beat' && event.from === 'client')
  if (fromClient) return ['Client', 'Server']
  if (event.kind === 'received' || event.kind === 'beat') return ['Server', 'Client']
  return undefined
}

/** An event that is no message, in words. */
export function describe(event: Exclude<LogEvent, { message: unknown }>): {
  what: string
  details: string
} {
  switch (event.kind) {
    case 'opened': {
      const subprotocol = event.protocol === '' ? '' : `, subprotocol ${event.protocol}`
      const gap = event.downtime === undefined ? '' : `, ${timeSpan(event.downtime)} after the loss`
      const what = gap === '' ? 'Connection opened' : 'Connection opened again'
      return { what, details: `${event.url} over WebSocket${subprotocol}${gap}` }
    }
    case 'closed': {
      const meaning = event.everOpened ? closeCodeMeaning(event.code) : 'never opened'
      const reason = event.reason === '' ? 'no reason given' : `reason “${event.reason}”`
      return {
        what: `Closed with code ${event.code}, ${meaning}`,
        details: `${reason}, wasClean ${event.wasClean}`,
      }
    }
    case 'failed':
      return { what: `Error: ${event.what}`, details: event.hint }
    case 'note':
      return { what: event.what, details: event.hint }
    case 'beat':
      return { what: event.what, details: '' }
  }
}

/** The data of an entry as text, on one line. */
export function plainData(event: LogEvent): string {
  if (!('message' in event)) {
    const { what, details } = describe(event)
    return details === '' ? what : `${what} (${details})`
  }
  const { message } = event
  const rest = isCut(message) ? ' …' : ''
  if (message.type === 'text') return `${message.text.replace(/\s/g, ' ')}${rest}`
  return `[${quantity(message.length, 'byte')}] ${hex(message.bytes)}${rest}`
}

/** Hours to milliseconds, of the person's own time zone. */
export function clockTime(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const seconds = `${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`
  return `${two(at.getHours())}:${two(at.getMinutes())}:${seconds}`
}
