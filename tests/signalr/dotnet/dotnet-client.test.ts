import { adapters } from '@wirebeat/test-support'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prepareDotnetClient, runDotnetClient } from '../src/dotnet-client.ts'
import { startGenuine } from '../src/genuine.ts'
import { type Started, startReferenceHub } from '../src/reference/reference-hub.ts'

const KINDS = [
  ['json', 'WebSockets'],
  ['messagepack', 'WebSockets'],
  ['json', 'ServerSentEvents'],
  ['json', 'LongPolling'],
  ['messagepack', 'LongPolling'],
] as const

const UNDER_CUTS = 'loses and doubles nothing while the wire is cut: True True True'

let program: readonly string[]
let genuine: Started

beforeAll(async () => {
  program = prepareDotnetClient()
  genuine = await startGenuine()
})
afterAll(() => genuine.stop())

describe.each(KINDS)('the .NET client in %s by %s', (encoding, transport) => {
  let expected: readonly string[]

  beforeAll(async () => {
    expected = await runDotnetClient(program, genuine.origin, encoding, transport)
  })

  test.each(adapters)(
    'finds with adapter-$name what it finds with ASP.NET Core',
    async (adapter) => {
      const server = await startReferenceHub(adapter)
      try {
        const found = await runDotnetClient(program, server.origin, encoding, transport)
        expect(found).toEqual(expected)
        if (transport === 'WebSockets') expect(found).toContain(UNDER_CUTS)
      } finally {
        await server.stop()
      }
    },
  )
})
