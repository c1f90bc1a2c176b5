import { setImmediate } from 'node:timers'
import { fieldLines, type PlainResponse } from '@wirebeat/core/adapter'
import type { UwsResponse } from './engine.ts'

/**
 * Refuses a request, and ends its connection. Not within the callback that the request came with: what
 * came behind it in the same packet would be served by then, because with the next request the engine
 * forgets that it has to end the connection. While an answer is owed, it disconnects whoever sends more.
 */
export function refuse(response: UwsResponse, refusal: PlainResponse): void {
  let isGone = false
  // Without a listener the engine ends the process when the client has gone before all is written.
  response.onAborted(() => {
    isGone = true
  })
  setImmediate(() => {
    if (!isGone) answer(response, refusal)
  })
}

function answer(response: UwsResponse, { status, statusText, headers, body }: PlainResponse): void {
  response.cork(() => {
    response.writeStatus(`${status} ${statusText}`)
    for (const [name, value] of fieldLines(headers)) response.writeHeader(name, value)
    // Who sends Upgrade must name it here (RFC 9110, section 7.8); the engine adds close.
    if ('Upgrade' in headers) response.writeHeader('Connection', 'Upgrade')
    response.end(body.toWellFormed(), true)
  })
}
