import assert from 'node:assert/strict'
import type { HttpCall } from '@wirebeat/core/extension'
import type { Harness, Server, ServerOptions } from '../harness.ts'
import { handshakeRequest } from '../http.ts'
import { Inbox } from '../inbox.ts'
import type { RawClient } from '../raw-client.ts'
import { type Answer, TestExtension } from '../test-extension.ts'
import type { RequestOptions } from '../web-socket-client.ts'

// What the cases about plain requests share.

export const TEXT = { 'Content-Type': 'text/plain' } as const
export const LIMIT = { bytes: 1000, milliseconds: 5_000 } as const

/** The headers of a request that asks for no WebSocket. */
const NO_UPGRADE = {
  Upgrade: null,
  Connection: null,
  'Sec-WebSocket-Key': null,
  'Sec-WebSocket-Version': null,
} as const

export type Headers = NonNullable<RequestOptions['headers']>

export function plain(method: string, headers: Headers = {}, path = '/ws'): RequestOptions {
  return { method, path, headers: { ...NO_UPGRADE, ...headers } }
}

export function post(body: string, headers: Headers = {}, path?: string): RequestOptions {
  const length = String(Buffer.byteLength(body))
  return {
    ...plain('POST', { 'Content-Length': length, ...headers }, path),
    early: Buffer.from(body),
  }
}

export interface World {
  readonly server: Server
  readonly extension: TestExtension
}

export async function start(
  harness: Harness,
  answer: Answer,
  options: ServerOptions = {},
): Promise<World> {
  const extension = new TestExtension(answer)
  return { extension, server: await harness.start({ httpTransports: extension, ...options }) }
}

/** Answers with what the body is, or why there is none. */
export async function tellBody(call: HttpCall): Promise<void> {
  const body = await call.body(LIMIT)
  if (body === 'too-large') call.refuse(413, 'The body is too large.')
  else if (body === 'too-slow') call.refuse(408, 'The body is too slow.')
  else if (body !== 'gone') call.respond(200, TEXT, body)
}

export function expectStatus(response: { readonly status: number }, status: number): void {
  assert.equal(response.status, status)
}

export function goneOf(call: HttpCall): Inbox<true> {
  const gone = new Inbox<true>('the client to have gone')
  call.onGone(() => gone.push(true))
  return gone
}

/** A plain request that the extension has, and has not answered. */
export async function called(
  harness: Harness,
): Promise<{ readonly server: Server; readonly client: RawClient; readonly call: HttpCall }> {
  const { server, extension } = await start(harness, () => {})
  const client = await server.connect()
  client.write(handshakeRequest(plain('GET')).text)
  return { server, client, call: await extension.calls.next() }
}
