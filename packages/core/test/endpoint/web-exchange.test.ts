import { expect, test } from 'vitest'
import { createEndpoint } from '../../src/endpoint/endpoint.ts'
import { serve } from '../../src/endpoint/serve.ts'
import { upgradeFromWeb } from '../../src/endpoint/web-host.ts'
import type { HttpCall } from '../../src/http/extension.ts'

const URL_OF_ENDPOINT = 'http://server.example/ws'

/** Hands a Request to an endpoint, and returns what the host is given, and the call that the extension gets. */
function ask(init: RequestInit & { readonly duplex?: 'half' } = {}) {
  const aborting = new AbortController()
  let call: HttpCall | undefined
  const endpoint = createEndpoint({
    path: '/ws',
    session: {},
    httpTransports: {
      serve: () => ({
        subpaths: [''],
        handle(handed) {
          call = handed
        },
        claim: () => undefined,
        close() {},
      }),
    },
  })
  const answer = upgradeFromWeb(
    serve(endpoint),
    new Request(URL_OF_ENDPOINT, {
      signal: aborting.signal,
      ...init,
      headers: { host: 'server.example', ...init.headers },
    }),
    () => '::1',
    () => new Response('completed'),
  )
  if (answer === false || call === undefined) throw new Error('The request was not handed over.')
  return {
    call,
    answer: Promise.resolve(answer) as Promise<Response>,
    leave: () => aborting.abort(),
  }
}

const LIMIT = { bytes: 10, milliseconds: 60_000 }

function inPieces(...pieces: readonly string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
      controller.close()
    },
  })
}

test('a body is read, and the answer has its status, its fields and its body', async () => {
  const { call, answer } = ask({ method: 'POST', body: inPieces('he', 'llo'), duplex: 'half' })
  const body = await call.body(LIMIT)
  call.respond(202, { 'X-A': ['1', '2'] }, body as Uint8Array)
  const response = await answer
  expect([response.status, response.headers.get('x-a')]).toEqual([202, '1, 2'])
  expect(await response.text()).toBe('hello')
})

test('a body of more than the limit is too large', async () => {
  const body = inPieces('hello', 'world', '!')
  expect(await ask({ method: 'POST', body, duplex: 'half' }).call.body(LIMIT)).toBe('too-large')
})

test('a request without a body has an empty one', async () => {
  expect(await ask().call.body(LIMIT)).toEqual(new Uint8Array(0))
})

test('a body that breaks off is that of a client that has gone', async () => {
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) })
  const { call } = ask({ method: 'POST', body, duplex: 'half' })
  let isGone = false
  call.onGone(() => {
    isGone = true
  })
  expect(await call.body(LIMIT)).toBe('gone')
  expect(isGone).toBe(true)
})

test('a client that leaves before the answer is told of, once', async () => {
  const { call, leave } = ask()
  let told = 0
  call.onGone(() => told++)
  leave()
  leave()
  expect(told).toBe(1)
  expect(call.stream(200, {}, () => {})).toBeUndefined()
})

test('a client that leaves after the answer is not told of', async () => {
  const { call, leave } = ask()
  let told = 0
  call.onGone(() => told++)
  call.respond(200, {})
  leave()
  expect(told).toBe(0)
})

test('a stream tells what waits in it, and when nothing does', async () => {
  const { call, answer } = ask()
  let drained = 0
  const stream = call.stream(200, {}, () => drained++)
  const reader = (await answer).body?.getReader()
  const reading = reader?.read()
  expect(stream?.write('taken')).toBe('sent')
  expect(new TextDecoder().decode((await reading)?.value)).toBe('taken')
  expect(stream?.write('waits')).toBe('queued')
  expect(stream?.bufferedAmount).toBe(5)
  await reader?.read()
  expect(drained).toBe(0)
  const last = reader?.read()
  await Promise.resolve()
  expect([drained, stream?.bufferedAmount]).toEqual([1, 0])
  stream?.end()
  expect((await last)?.done).toBe(true)
  expect(stream?.write('late')).toBe('closed')
})

test('a stream that has ended tells what waits, and when all was taken', async () => {
  const { call, answer } = ask()
  let taken = 0
  const stream = call.stream(200, {}, () => {})
  stream?.write('waits')
  stream?.end(() => taken++)
  expect(stream?.write('late')).toBe('closed')
  expect([stream?.bufferedAmount, stream?.backlog, taken]).toEqual([5, 5, 0])
  expect(await (await answer).text()).toBe('waits')
  expect([stream?.bufferedAmount, taken]).toEqual([0, 1])
})

test('a client that leaves a stream that has ended is told of, where something waits', async () => {
  const { call, answer } = ask()
  let gone = 0
  let taken = 0
  const stream = call.stream(200, {}, () => {})
  call.onGone(() => gone++)
  stream?.write('waits')
  stream?.end(() => taken++)
  await (await answer).body?.cancel()
  expect([gone, taken]).toEqual([1, 0])
})

test('a client that leaves a stream is told of', async () => {
  const { call, answer } = ask()
  const stream = call.stream(200, {}, () => {})
  let told = 0
  call.onGone(() => told++)
  await (await answer).body?.cancel()
  expect(told).toBe(1)
  expect(stream?.write('late')).toBe('closed')
})

test('a stream that is terminated breaks off', async () => {
  const { call, answer } = ask()
  const stream = call.stream(200, {}, () => {})
  stream?.write('a')
  stream?.terminate()
  await expect((await answer).text()).rejects.toThrow('terminated')
})
