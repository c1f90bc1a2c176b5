import { adapters, can } from '@wirebeat/test-support'
import { HARMS, serveThrough } from '@wirebeat/test-support/hostile-proxy'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callBehindProxies, prepareDotnetClient } from '../src/dotnet-client.ts'
import { startGenuine } from '../src/genuine.ts'
import { type Started, startReferenceHub } from '../src/reference/reference-hub.ts'

const ALL = 'WebSockets, ServerSentEvents, LongPolling'
const STREAMED = 'ServerSentEvents, LongPolling'
/** It has waited for the answer to its handshake. */
const GAVE_UP = 'OperationCanceledException: The operation was canceled.'

/** Each attempt is named by the proxy and the transports that were allowed. The next one is made if it cannot start. */
const FOUND = [
  `drops, ${ALL}: ServerSentEvents`,
  'refuses and holds starts, LongPolling: LongPolling',
  `refuses and holds starts, ${STREAMED}: ${GAVE_UP}`,
  `refuses and holds starts, ${ALL}: ${GAVE_UP}`,
  `refuses and holds, ${ALL}: LongPolling`,
  'refuses and passes heads, LongPolling: LongPolling',
  `refuses and passes heads, ${STREAMED}: ${GAVE_UP}`,
  `refuses and passes heads, ${ALL}: ${GAVE_UP}`,
  `refuses, ${ALL}: ServerSentEvents`,
  `swallows, ${STREAMED}: ServerSentEvents`,
  `swallows, ${ALL}: ${GAVE_UP}`,
]

let program: readonly string[]
let genuine: Started

beforeAll(async () => {
  program = prepareDotnetClient()
  genuine = await startGenuine()
})
afterAll(() => genuine.stop())

async function callBehindAll({ origin }: Started): Promise<readonly string[]> {
  const { port } = new URL(origin)
  const proxies = await Promise.all(
    Object.entries(HARMS).map(
      async ([name, harm]) => [name, await serveThrough(port, harm)] as const,
    ),
  )
  try {
    return await callBehindProxies(
      program,
      Object.fromEntries(proxies.map(([name, proxy]) => [name, proxy.origin])),
    )
  } finally {
    for (const [, proxy] of proxies) proxy.close()
  }
}

test('the .NET client finds behind proxies with ASP.NET Core what the documentation says', async () => {
  expect(await callBehindAll(genuine)).toEqual(FOUND)
})

test.each(adapters.filter((one) => can(one, 'plain-requests')))(
  'the .NET client finds the same with adapter-$name',
  async (adapter) => {
    const server = await startReferenceHub(adapter)
    try {
      expect(await callBehindAll(server)).toEqual(FOUND)
    } finally {
      await server.stop()
    }
  },
)
