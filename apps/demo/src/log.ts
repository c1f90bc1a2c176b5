import type { Connection, Endpoint } from '@wirebeat/core'
import type { ConnectionNumbers } from './connection-numbers.ts'

/** Writes one line for each connection that opens, is refused or ends. */
export function logEvents(
  endpoint: Pick<Endpoint, 'on'>,
  numbers: ConnectionNumbers,
  write: (line: string) => void,
): void {
  const openedAt = new WeakMap<Connection, number>()
  endpoint.on('open', (connection) => {
    openedAt.set(connection, performance.now())
    const { remoteAddress, transport } = connection
    const by = transport === 'web-sockets' ? '' : ` by ${transport}`
    write(`open    #${numbers.of(connection)} from ${remoteAddress}${by}`)
  })
  endpoint.on('refuse', (refusal, { remoteAddress, headers }) => {
    const origin = headers.get('origin')
    const from = origin === undefined ? remoteAddress : `${remoteAddress}, origin ${quote(origin)}`
    write(`refuse  ${refusal.status} ${refusal.reason}, from ${from}: ${refusal.body}`)
  })
  endpoint.on('close', (connection, { cause, code, reason, wasClean }) => {
    const seconds = (performance.now() - (openedAt.get(connection) ?? 0)) / 1000
    const words = [`code ${code}`, reason && `reason ${quote(reason)}`, wasClean ? 'clean' : '']
    const details = words.filter((word) => word !== '').join(', ')
    write(`close   #${numbers.of(connection)} ${cause}, ${details}, after ${seconds.toFixed(3)} s`)
  })
}

/** Quotes a text in one line, whatever a client has put in. */
function quote(text: string): string {
  // JSON does not escape some control characters: C1, and those that change the direction of text.
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
