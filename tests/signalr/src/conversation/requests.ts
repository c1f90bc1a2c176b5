// Plain requests of a client that has no WebSocket. What the last negotiation answered is `$n.token`.
import { SEPARATOR, writeRecord } from '../wire/record.ts'
import { call, request, tell } from './build.ts'
import type { Step } from './step.ts'

export const END = SEPARATOR
export const HANDSHAKE = `{"protocol":"json","version":1}${END}`
/** A call of 63 bytes. */
export const SUM = writeRecord('json', call('Sum', [1, 2])).toString()
/** Records of more bytes together than a message may have, with a call behind them. */
export const MANY =
  writeRecord('json', tell('Echo', ['x'.repeat(20_000)]))
    .toString()
    .repeat(60) + SUM
/** What makes a GET one for Server-Sent Events. */
export const EVENTS = { headers: { accept: 'text/event-stream' } }
/** Where a connection of the hub is. */
export const PLACE = '/hub?id=$n.token'
export const NEGOTIATE = request('POST', '/hub/negotiate?negotiateVersion=1')

export function get(place: string = PLACE): Step {
  return request('GET', place, { as: 'x' })
}

export function post(
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
  place: string = PLACE,
): Step {
  return request('POST', place, { as: 'x', body, headers })
}

export function remove(place: string = PLACE): Step {
  return request('DELETE', place, { as: 'x' })
}
