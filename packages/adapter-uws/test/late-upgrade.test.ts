import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { allow, createEndpoint } from '@wirebeat/core'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { listen } from '../src/listen.ts'

test('what a session does to memory as it opens does not end its connection', async () => {
  const kept: Buffer[] = []
  const endpoint = createEndpoint({
    authorize: async () => {
      await turn()
      return allow()
    },
    session: {
      open(connection) {
        // Where the engine looks for what it knew of the request, this would mean: close it.
        for (let size = 16; size <= 512; size += 8)
          kept.push(Buffer.allocUnsafeSlow(size).fill(0x10))
        connection.send('welcome')
      },
    },
  })
  const listening = await listen(endpoint, { host: '127.0.0.1' })
  const clients = Array.from(
    { length: 20 },
    () => new WebSocket(`ws://127.0.0.1:${listening.port}`),
  )
  await Promise.all(clients.map((client) => once(client, 'message')))
  const codes = await Promise.all(
    clients.map(async (client) => {
      client.close(4000)
      const [code] = await once(client, 'close')
      return code
    }),
  )
  expect(new Set(codes)).toEqual(new Set([4000]))
  await listening.close()
})
