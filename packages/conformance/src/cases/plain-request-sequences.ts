import assert from 'node:assert/strict'
import type { HttpCall } from '@wirebeat/core/extension'
import { needing, type UngroupedCase } from '../case.ts'
import { handshakeRequest } from '../http.ts'
import { plain, post, start, TEXT, tellBody } from './plain-request.ts'

export const onOneConnection: readonly UngroupedCase[] = needing('http-1.1', [
  {
    name: 'a connection serves one plain request after another, and then a WebSocket',
    section: 'RFC 9112, section 9.3',
    async run(harness) {
      const { server } = await start(harness, tellBody)
      const client = await server.connect()
      for (const body of ['first', 'second', '']) {
        const { text } = handshakeRequest(post(body))
        client.write(text + body)
        assert.equal((await client.response()).body, body)
      }
      client.write(handshakeRequest().text)
      assert.equal((await client.response()).status, 101)
    },
  },
  {
    name: 'the body of a plain request may come in chunks and in pieces',
    section: 'RFC 9112, section 7.1',
    async run(harness) {
      const { server } = await start(harness, tellBody)
      const client = await server.connect()
      client.write(handshakeRequest(plain('POST', { 'Transfer-Encoding': 'chunked' })).text)
      for (const piece of ['5\r\nhel', 'lo\r\n', '3\r\n, w\r\n4\r', '\norld\r\n', '0\r\n\r\n']) {
        client.write(piece)
        // The response comes after the server has seen what came before.
        await server.request(plain('GET'))
      }
      assert.equal((await client.response()).body, 'hello, world')
    },
  },
  {
    name: 'a client that waits for 100 before it sends the body is told to go on',
    section: 'RFC 9110, section 10.1.1',
    needs: ['expect-continue'],
    async run(harness) {
      const { server } = await start(harness, tellBody)
      const client = await server.connect()
      client.write(
        handshakeRequest(plain('POST', { Expect: '100-continue', 'Content-Length': '5' })).text,
      )
      assert.equal((await client.response()).status, 100)
      client.write('hello')
      assert.equal((await client.response()).body, 'hello')
    },
  },
  {
    name: 'plain requests that come in one packet are answered in order',
    section: 'RFC 9112, section 9.3.2',
    needs: ['pipelining'],
    async run(harness) {
      const waiting: HttpCall[] = []
      const { server } = await start(harness, (call) => {
        waiting.push(call)
        if (call.request.url !== '/ws?2') return
        // The last one first.
        for (const one of waiting.reverse()) one.respond(200, TEXT, one.request.url)
      })
      const client = await server.connect()
      const texts = [0, 1, 2].map((n) => handshakeRequest(plain('GET', {}, `/ws?${n}`)).text)
      client.write(texts.join(''))
      for (const n of [0, 1, 2]) assert.equal((await client.response()).body, `/ws?${n}`)
    },
  },
])
