import assert from 'node:assert/strict'
import type { UngroupedCase } from '../case.ts'
import { handshakeRequest } from '../http.ts'
import { Inbox } from '../inbox.ts'
import type { RawClient } from '../raw-client.ts'
import { called, goneOf, plain, start, TEXT } from './plain-request.ts'

const PIECE = 'x'.repeat(64 * 1024)
/** More than the system takes for a socket that nobody reads from. */
const MOST_PIECES = 1024

export const streams: readonly UngroupedCase[] = [
  {
    name: 'a streamed answer arrives piece by piece, and ends',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, () => {})
      const client = await server.connect()
      const received = new Received(client)
      client.write(handshakeRequest(plain('GET', { Connection: 'close' })).text)
      const call = await extension.calls.next()
      const stream = call.stream(200, { 'Content-Type': 'text/event-stream' }, () => {})
      await received.until('text/event-stream')
      assert.equal(stream?.write('one '), 'sent')
      await received.until('one ')
      stream?.write(new TextEncoder().encode('two é '))
      await received.until('two é ')
      stream?.end()
      await client.ended()
      assert.equal(stream?.write('three'), 'closed')
    },
  },
  {
    name: 'what waits of a streamed answer that nobody reads is told, and falls when it is read',
    section: 'Design 8: Backpressure',
    async run(harness) {
      const drained = new Inbox<true>('the answer to be drained')
      const { server, extension } = await start(harness, () => {})
      const client = await server.connect()
      client.pause()
      client.write(handshakeRequest(plain('GET')).text)
      const call = await extension.calls.next()
      const stream = call.stream(200, TEXT, () => drained.push(true))
      assert.ok(stream)
      let pieces = 0
      while (stream.bufferedAmount < 512 * 1024 && pieces < MOST_PIECES) {
        stream.write(PIECE)
        pieces++
        await new Promise((resolve) => setImmediate(resolve))
      }
      assert.equal(stream.write(PIECE), 'queued')
      const waited = stream.bufferedAmount
      assert.ok(waited >= 512 * 1024, `${waited} bytes wait after ${pieces} pieces`)
      const received = new Received(client)
      const before = drained.all.length
      client.resume()
      await drained.reach(before + 1)
      assert.equal(stream.bufferedAmount, 0)
      assert.equal(stream.write('the last'), 'sent')
      await received.until('the last')
    },
  },
  {
    name: 'a client that goes away within a streamed answer is told of',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { client, call } = await called(harness)
      const gone = goneOf(call)
      const stream = call.stream(200, TEXT, () => {})
      const received = new Received(client)
      stream?.write('one')
      await received.until('one')
      client.reset()
      await gone.next()
      assert.equal(stream?.write('two'), 'closed')
      assert.equal(stream?.bufferedAmount, 0)
    },
  },
  {
    name: 'a streamed answer that is terminated ends the connection at once',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { client, call } = await called(harness)
      const stream = call.stream(200, TEXT, () => {})
      const received = new Received(client)
      stream?.write('one')
      await received.until('one')
      stream?.terminate()
      await client.ended()
    },
  },
  {
    name: 'a client that goes away before the answer is told of, and the answer does nothing',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, client, call } = await called(harness)
      const gone = goneOf(call)
      client.reset()
      await gone.next()
      call.respond(200, TEXT, 'late')
      assert.equal(
        call.stream(200, TEXT, () => {}),
        undefined,
      )
      await server.expectEcho(await server.open(), 'unharmed')
    },
  },
]

/** All that comes from the server, as text. */
class Received {
  readonly #client: RawClient
  #text = ''

  constructor(client: RawClient) {
    this.#client = client
    const decoder = new TextDecoder()
    client.handTo((chunk) => {
      this.#text += decoder.decode(chunk, { stream: true })
      // What was looked for is at the end.
      if (this.#text.length > 1_000_000) this.#text = this.#text.slice(-1000)
    })
  }

  until(text: string): Promise<true> {
    return this.#client.until(JSON.stringify(text), () => this.#text.includes(text) || undefined)
  }
}
