import { createEndpoint, echo } from '@wirebeat/core'
import { afterEach, expect, test, vi } from 'vitest'
import { adapter, attach, listen } from '../src/index.ts'

afterEach(() => vi.unstubAllGlobals())

const endpoint = createEndpoint({ session: echo() })
const ELSEWHERE =
  '@wirebeat/adapter-bun runs on Bun only. Start the program with Bun (https://bun.com), or use @wirebeat/adapter-ws.'

test('on another runtime the adapter says what to do', async () => {
  expect(() => attach({}, endpoint)).toThrow(ELSEWHERE)
  await expect(listen(endpoint)).rejects.toThrow(ELSEWHERE)
  await expect(adapter.load?.()).rejects.toThrow(ELSEWHERE)
})

test.each([
  ['1.4.0', undefined],
  ['1.10.2', undefined],
  ['2.0.0', undefined],
  ['1.3.14', 'needs Bun 1.4 or newer, and this is 1.3.14. Update it with: bun upgrade'],
  ['0.9.1', 'needs Bun 1.4 or newer'],
])('Bun %s is %s', async (version, problem) => {
  vi.stubGlobal('Bun', { version })
  if (problem === undefined) await adapter.load?.()
  else await expect(adapter.load?.()).rejects.toThrow(problem)
})

test('what is not for it is refused, with the line that is right', () => {
  vi.stubGlobal('Bun', { version: '1.4.0' })
  // As plain JavaScript can call it.
  const attachAnything = attach as (...args: unknown[]) => unknown
  for (const host of [undefined, 3000, () => {}, new (class App {})()]) {
    expect(() => attachAnything(host, endpoint)).toThrow(
      'attach must be given options of Bun.serve, got ',
    )
  }
  expect(() => attachAnything(endpoint, {})).toThrow(
    'The arguments of attach are swapped. Write Bun.serve(attach(options, endpoint)).',
  )
  expect(() => attachAnything({ websocket: {} }, endpoint)).toThrow(
    'The options of Bun.serve already have a websocket, and a server has one for all its WebSockets.',
  )
  const options = attach({}, createEndpoint({ path: '/ws', session: echo() }))
  expect(() => attach(options, createEndpoint({ path: '/ws', session: echo() }))).toThrow(
    'This server already has an endpoint for the path "/ws".',
  )
})
