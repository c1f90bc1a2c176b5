import { setImmediate } from 'node:timers'
import { fieldLines, type HttpHead, type PlainResponse } from '@wirebeat/core/adapter'
import type { UwsResponse } from './engine.ts'

/**
 * Refuses a request, and ends its connection. Not within the callback that the request came with: what
 * came behind it in the same packet would be served by then, because with the next request the engine
 * forgets that it has to end the connection. While an answer is owed, it disconnects whoever sends more.
 */
export function refuse(response: UwsResponse, method: string, refusal: PlainResponse): void {
  let isGone = false
  // Without a listener the engine ends the process when the client has gone before all is written.
  response.onAborted(() => {
    isGone = true
  })
  setImmediate(() => {
    if (!isGone) answer(response, method, refusal)
  })
}

function answer(response: UwsResponse, method: string, refusal: PlainResponse): void {
  if (method === 'HEAD') {
    answerHead(response, refusal, Buffer.byteLength(refusal.body))
    return
  }
  response.cork(() => {
    writeHead(response, refusal)
    // Who sends Upgrade must name it here (RFC 9110, section 7.8); the engine adds close.
    if ('Upgrade' in refusal.headers) response.writeHeader('Connection', 'Upgrade')
    response.end(refusal.body.toWellFormed(), true)
  })
}

/**
 * Answers without a body (RFC 9110, section 9.3.2). `end` would say that the length is 0, and `endWithoutBody`
 * does not end the connection in each release of the engine. So the last field ends the head too.
 */
export function answerHead(response: UwsResponse, head: HttpHead, length: number): void {
  const connection = 'Upgrade' in head.headers ? 'close, Upgrade' : 'close'
  response.cork(() => {
    writeHead(response, head)
    response.writeHeader('Content-Length', String(length))
    response.writeHeader('Connection', `${connection}\r\n`)
  })
  response.close()
}

export function writeHead(response: UwsResponse, { status, statusText, headers }: HttpHead): void {
  response.writeStatus(`${status} ${statusText}`)
  for (const [name, value] of fieldLines(headers)) response.writeHeader(name, value)
}
