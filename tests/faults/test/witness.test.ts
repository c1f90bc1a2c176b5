import { type Allowed, allow, createEndpoint } from '@wirebeat/core'
import {
  type Admission,
  HeaderFields,
  serve,
  type Transport,
  type TransportListener,
} from '@wirebeat/core/adapter'
import { describe, expect, test, vi } from 'vitest'
import { monotonic } from '../src/monotonic.ts'
import { Witness } from '../src/witness.ts'

const transport: Transport = {
  bufferedAmount: 0,
  backlog: 0,
  byteLength: () => 0,
  send: () => 'sent',
  ping: () => {},
  close: () => {},
  terminate: () => {},
}

async function connect(authorize?: () => Promise<Allowed<undefined>>) {
  const message = vi.fn()
  const endpoint = createEndpoint<unknown>({
    session: { message },
    keepAliveInterval: 0,
    ...(authorize && { authorize }),
  })
  const witness = new Witness(endpoint)
  const headers = new HeaderFields()
  headers.add('host', 'server.example')
  headers.add('upgrade', 'websocket')
  headers.add('connection', 'upgrade')
  headers.add('sec-websocket-version', '13')
  headers.add('sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ==')
  const request = { method: 'GET', url: '/', headers, remoteAddress: '', secure: false }
  const admission = await new Promise<Admission>((accept, reject) => {
    serve(witness.endpoint).upgrade(request, { accept, refuse: reject, wait: () => {} })
  })
  const listener = admission.accept(transport)
  listener.opened()
  const [connection] = endpoint.connections
  if (connection === undefined) throw new Error('no connection has opened')
  return { listener, message, connection, life: witness.lifeOf(connection) }
}

describe('the witness', () => {
  const signs: readonly (readonly [name: string, give: (listener: TransportListener) => void])[] = [
    ['a message', (listener) => listener.message(Buffer.from('a'), 'text')],
    ['a ping', (listener) => listener.pinged()],
    ['a pong', (listener) => listener.ponged()],
    ['bytes that were taken', (listener) => listener.drained()],
  ]
  test.each(signs)('notes the time of %s', async (_, give) => {
    const { listener, life } = await connect()
    const before = monotonic()
    expect(life.lastSign).toBeLessThanOrEqual(before)
    give(listener)
    expect(life.lastSign).toBeGreaterThanOrEqual(before)
    expect(life.lastSign).toBeLessThanOrEqual(monotonic())
  })

  test('passes on what the adapter tells', async () => {
    const { listener, message, connection } = await connect()
    listener.message(Buffer.from('a'), 'text')
    expect(message).toHaveBeenCalledWith(connection, 'a')
    listener.closing('client', 4000, 'bye')
    expect(connection.isOpen).toBe(false)
  })

  test('sees a connection whose handshake had to wait', async () => {
    const { life } = await connect(async () => allow())
    expect(life.lastSign).toBeLessThanOrEqual(monotonic())
  })
})
