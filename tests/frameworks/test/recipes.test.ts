import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Client, Program, refusal } from '@wirebeat/test-support/programs'
import { createClient } from 'graphql-ws'
import { describe, expect, type TestContext, test } from 'vitest'
import { WebSocket } from 'ws'

function start(context: TestContext, name: string): Program {
  return new Program(context, fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url)))
}

// Windows has no signals that a process could catch, and every recipe ends by one.
describe.skipIf(process.platform === 'win32').concurrent('the recipe for', () => {
  for (const [name, end] of [
    ['koa', 0],
    // Nest ends the process by the signal that it was sent.
    ['nest-express', 'SIGTERM'],
    ['nest-fastify', 'SIGTERM'],
    ['socket-io', 0],
  ] as const) {
    test(`${name} serves its pages, echoes beside them, and ends in order`, async (context) => {
      const program = start(context, name)
      const port = await program.port()
      const page = await fetch(`http://localhost:${port}/`)
      expect(await page.text()).toBe('A page over HTTP.')

      const client = await Client.open(port, '/ws')
      expect(await client.ask('hello')).toBe('hello')
      expect(await refusal(port, '/ws', { origin: 'https://other.example' })).toBe(403)
      expect(await program.stop()).toBe(end)
      expect(await client.closed).toBe(1001)
    })
  }

  test('vite echoes beside the WebSocket by which Vite reloads pages', async (context) => {
    const program = start(context, 'vite')
    const port = await program.port()
    const reloading = new WebSocket(`ws://localhost:${port}/`, 'vite-hmr')
    const [connected] = await once(reloading, 'message')
    expect(JSON.parse(connected)).toMatchObject({ type: 'connected' })

    const client = await Client.open(port, '/ws')
    expect(await client.ask('hello')).toBe('hello')
    expect(reloading.readyState).toBe(WebSocket.OPEN)
    expect(await refusal(port, '/ws', { origin: 'https://other.example' })).toBe(403)
    // Vite ends the process by itself, cuts all connections, and exits with the code of the signal.
    expect(await program.stop()).toBe(143)
    expect(await client.closed).toBe(1006)
  })

  test('graphql answers queries while a subscription goes on', async (context) => {
    const program = start(context, 'graphql')
    const port = await program.port()
    const client = createClient({
      url: `ws://localhost:${port}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    })
    const results: unknown[] = []
    const subscription = client.iterate({ query: 'subscription { countdown(from: 3) }' })
    for await (const result of subscription) {
      results.push(result.data)
      if (results.length > 1) continue
      for await (const { data } of client.iterate({ query: '{ hello }' })) results.push(data)
    }
    expect(results).toContainEqual({ hello: 'Hello.' })
    expect(results.filter((one) => JSON.stringify(one).includes('countdown'))).toEqual(
      [3, 2, 1, 0].map((countdown) => ({ countdown })),
    )

    const wrong = new WebSocket(`ws://localhost:${port}/graphql`, 'graphql-transport-ws')
    await once(wrong, 'open')
    wrong.send('no JSON')
    expect((await once(wrong, 'close'))[0]).toBe(4400)
    const without = await Client.open(port, '/graphql')
    expect(await without.closed).toBe(4406)
    await client.dispose()
    expect(await program.stop()).toBe(0)
  })
})
