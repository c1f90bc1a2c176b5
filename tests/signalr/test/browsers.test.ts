import process from 'node:process'
import { adapters, can } from '@wirebeat/test-support'
import { HARMS, type HarmName, serveThrough } from '@wirebeat/test-support/hostile-proxy'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Started, startReferenceHub } from '../src/reference/reference-hub.ts'
import { type Wire, wireTo } from '../src/wire/cuttable-wire.ts'
import { BROWSERS, type Browser, isRequired, type Page, servePage } from './browser.ts'

const WAYS = [
  { transport: 'WebSockets', encoding: 'json' },
  { transport: 'WebSockets', encoding: 'messagepack' },
  { transport: 'ServerSentEvents', encoding: 'json' },
  { transport: 'LongPolling', encoding: 'messagepack' },
] as const

const FAILED = 'An unexpected error occurred invoking'

declare const play: (scenario: string, setting: object) => unknown
declare const callThrough: (url: string) => unknown

/** What a proxy does, how often the client then cannot start, and the transport by which it calls at last, at a path. */
const PROXIES: readonly [name: HarmName, failures: number, transport: string, path: string][] = [
  ['refuses', 0, 'ServerSentEvents', '/hub'],
  ['drops', 0, 'ServerSentEvents', '/hub'],
  ['swallows', 1, 'ServerSentEvents', '/hub'],
  ['refuses and holds', 0, 'LongPolling', '/hub'],
  ['refuses and passes heads', 2, 'LongPolling', '/hub'],
  ['refuses and holds starts', 2, 'LongPolling', '/hub'],
  ['refuses and holds starts', 0, 'ServerSentEvents', '/hub/padded'],
]

describe.each(BROWSERS)('the official client in $name', ({ name, variable, launch }) => {
  const program = process.env[variable]
  if (!program) {
    const why = `${name} is left out: ${variable}, the path of its program, is not set`
    test.skipIf(!isRequired)(why, () => expect.fail(why))
    return
  }
  let browser: Browser
  let page: { readonly url: string; close(): void }
  beforeAll(async () => {
    page = await servePage()
    browser = await launch(program)
  })
  afterAll(async () => {
    await browser.close()
    page.close()
  })

  describe.each(adapters)('with adapter-$name', (adapter) => {
    let server: Started
    let wire: Wire
    beforeAll(async () => {
      server = await startReferenceHub(adapter)
      wire = await wireTo(server.origin)
    })
    afterAll(async () => {
      wire.close()
      await server.stop()
    })

    test.skipIf(!can(adapter, 'plain-requests'))('calls through hostile proxies', async () => {
      // Firefox opens a stream when its first bytes have come, so there the client waits until the hub has given up.
      const met = PROXIES.filter(([, failures]) => name === 'Chromium' || failures < 2)
      const { port } = new URL(server.origin)
      const proxies = await Promise.all(met.map(([harm]) => serveThrough(port, HARMS[harm])))
      const client = await browser.newPage()
      try {
        await client.goto(page.url)
        const urls = proxies.map(({ origin }, index) => origin + met[index]?.[3])
        const found = await client.evaluate((all) => Promise.all(all.map(callThrough)), urls)
        expect(found).toEqual(met.map(([, failures, transport]) => [failures, transport]))
      } finally {
        await client.close()
        for (const proxy of proxies) proxy.close()
      }
    })

    describe.each(WAYS)('by $transport in $encoding', ({ transport, encoding }) => {
      let client: Page
      beforeAll(async () => {
        client = await browser.newPage()
        await client.exposeFunction('cut', () => wire.cut())
        await client.goto(page.url)
      })
      afterAll(() => client.close())

      const scenarios: readonly [name: string, outcome: unknown][] = [
        ['calls', [transport, 3, null, { a: [1, 'é😀', null, true] }, 100_000, [1, 2, 3, 4], true]],
        ['bytes', encoding === 'json' ? 'AwIB' : [3, 2, 1]],
        [
          'errors',
          [
            `${FAILED} 'Fail' on the server.`,
            `${FAILED} 'FailHub' on the server. HubException: told`,
            "Failed to invoke 'Nobody' due to an error on the server. HubException: Method does not exist.",
            "Failed to invoke 'Sum' due to an error on the server.",
            "The client attempted to invoke the streaming 'Count' method with a non-streaming invocation.",
          ],
        ],
        [
          'streams',
          [
            [0, 1, 2],
            [0, 1, 'An error occurred on the server while streaming results. HubException: no'],
            3,
            true,
          ],
        ],
        ['uploads', ['xab', [{ a: 1 }], expect.stringContaining(`${FAILED} 'UploadSum'`)]],
        [
          'told',
          [
            ['group', 'user', 'connection'],
            [0, 1, 2],
          ],
        ],
        [
          'asked',
          [
            'who? me',
            `${FAILED} 'AskCaller' on the server. HubException: Client didn't provide a result.`,
          ],
        ],
        ['tokens', ['ada', 'redirected', expect.stringContaining("Status code '401'")]],
        ['ends', 'no error'],
        ['back', true],
      ]
      test.each(scenarios)('%s', async (scenario, outcome) => {
        const origin = scenario === 'back' ? wire.origin : server.origin
        const setting = { url: `${origin}/hub`, transport, encoding }
        const found = await client.evaluate(([what, how]) => play(what, how), [
          scenario,
          setting,
        ] as const)
        expect(found).toEqual(outcome)
      })
    })
  })
})
