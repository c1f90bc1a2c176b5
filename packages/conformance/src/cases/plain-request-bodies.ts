import assert from 'node:assert/strict'
import type { Body, HttpCall } from '@wirebeat/core/extension'
import type { UngroupedCase } from '../case.ts'
import { handshakeRequest } from '../http.ts'
import { Inbox } from '../inbox.ts'
import type { RawClient } from '../raw-client.ts'
import {
  expectStatus,
  goneOf,
  LIMIT,
  plain,
  post,
  start,
  TEXT,
  tellBody,
  type World,
} from './plain-request.ts'

/** Sends the head of a POST and some of its body, and waits until the extension has it. */
async function sendPart(
  { server, extension }: World,
  body: string,
  length: number,
): Promise<{ readonly client: RawClient; readonly call: HttpCall }> {
  const client = await server.connect()
  client.write(handshakeRequest(plain('POST', { 'Content-Length': String(length) })).text + body)
  return { client, call: await extension.calls.next() }
}

export const bodies: readonly UngroupedCase[] = [
  {
    name: 'a body of exactly the limit is taken, and one of a byte more is refused with 413',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server } = await start(harness, tellBody)
      const full = 'x'.repeat(LIMIT.bytes)
      assert.equal((await server.request(post(full))).body, full)
      expectStatus(await server.request(post(`${full}x`)), 413)
      assert.deepEqual(server.refusals, { transport: 1 })
    },
  },
  {
    name: 'a body in chunks that exceeds the limit is refused with 413 while it comes',
    section: 'Design 15: Plain requests',
    needs: ['http-1.1'],
    async run(harness) {
      const { server } = await start(harness, tellBody)
      const client = await server.connect()
      client.write(handshakeRequest(plain('POST', { 'Transfer-Encoding': 'chunked' })).text)
      client.write(`3e9\r\n${'x'.repeat(1001)}\r\n`)
      expectStatus(await client.response(), 413)
    },
  },
  {
    name: 'a body much larger than the limit does not keep the client from reading the 413',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server } = await start(harness, tellBody)
      expectStatus(await server.request(post('x'.repeat(1024 * 1024))), 413)
    },
  },
  {
    name: 'a body that comes before the extension reads it is not lost',
    section: 'Design 15: Plain requests',
    async run(harness) {
      let read = (): void => {}
      const { server, extension } = await start(harness, async (call) => {
        if (call.request.method === 'POST') await new Promise<void>((resolve) => (read = resolve))
        const body = await call.body({ bytes: 1024 * 1024, milliseconds: 5_000 })
        call.respond(200, TEXT, String(body.length))
      })
      const response = server.request(post('x'.repeat(700_000)))
      await extension.calls.next()
      // The response comes after the server has seen what came before.
      await server.request(plain('GET'))
      read()
      assert.equal((await response).body, '700000')
    },
  },
  {
    name: 'a body that takes too long is refused with 408, and its connection ends',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const world = await start(
        harness,
        async (call) => {
          if ((await call.body({ ...LIMIT, milliseconds: 50 })) === 'too-slow') {
            call.refuse(408, 'Too slow.')
          }
        },
        { closeTimeout: 100 },
      )
      const { client } = await sendPart(world, 'half', 100)
      expectStatus(await client.response(), 408)
      if (harness.can('request-time')) await client.ended()
    },
  },
  {
    name: 'a client that goes away within the body is told of',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const bodies = new Inbox<Body>('a body')
      const world = await start(harness, async (call) => bodies.push(await call.body(LIMIT)))
      const { client, call } = await sendPart(world, 'half', 100)
      const gone = goneOf(call)
      client.reset()
      assert.equal(await bodies.next(), 'gone')
      await gone.next()
    },
  },
]
