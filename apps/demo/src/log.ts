import type { Endpoint } from '@wirebeat/core'

/** Writes one line for each connection that opens, is refused or ends. */
export function logEvents<Context>(
  endpoint: Endpoint<Context>,
  write: (line: string) => void,
): void {
  const openedAt = new Map<number, number>()
  endpoint.on('open', (connection) => {
    openedAt.set(connection.id, performance.now())
    write(`open    #${connection.id} from ${connection.remoteAddress}`)
  })
  endpoint.on('refuse', (refusal, { remoteAddress, headers }) => {
    const origin = headers.get('origin')
    const from = origin === undefined ? remoteAddress : `${remoteAddress}, origin ${quote(origin)}`
    write(`refuse  ${refusal.status} ${refusal.reason}, from ${from}: ${refusal.body}`)
  })
  endpoint.on('close', ({ id }, { cause, code, reason, wasClean }) => {
    const seconds = (performance.now() - (openedAt.get(id) ?? 0)) / 1000
    openedAt.delete(id)
    const words = [`code ${code}`, reason && `reason ${quote(reason)}`, wasClean ? 'clean' : '']
    const details = words.filter((word) => word !== '').join(', ')
    write(`close   #${id} ${cause}, ${details}, after ${seconds.toFixed(3)} s`)
  })
}

/** One line, whatever a peer has put in. */
function quote(text: string): string {
  // JSON leaves some control characters as they are: C1, and those that turn the direction of text.
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
