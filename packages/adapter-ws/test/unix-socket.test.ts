import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEndpoint, echo } from '@wirebeat/core'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { attach } from '../src/attach.ts'

test.skipIf(process.platform === 'win32')('a proxy on a Unix socket can be trusted', async () => {
  const addresses: string[] = []
  const folder = await mkdtemp(join(tmpdir(), 'wirebeat-'))
  const path = join(folder, 'socket')
  const endpoint = createEndpoint({
    trustedProxies: { addresses: ['unix:'], headers: ['x-forwarded-for'] },
    session: echo(),
  })
  endpoint.on('open', ({ remoteAddress }) => addresses.push(remoteAddress))
  const server = attach(createServer(), endpoint)
  await once(server.listen(path), 'listening')
  for (const headers of [{ 'X-Forwarded-For': '198.51.100.7' }, {}]) {
    const socket = new WebSocket(`ws+unix:${path}:/`, { headers })
    await once(socket, 'open')
    socket.terminate()
  }
  expect(addresses).toEqual(['198.51.100.7', ''])
  server.close()
  await rm(folder, { recursive: true })
})
