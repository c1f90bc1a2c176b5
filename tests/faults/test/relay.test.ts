import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { relay } from '../src/relay.ts'

const DELAY = 60
const HOST = '127.0.0.1'

test('a relay passes on bytes and ends, both ways, and takes its time', async () => {
  const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket))
  echo.listen(0, HOST)
  await once(echo, 'listening')
  onTestFinished(() => void echo.close())
  const { port } = echo.address() as AddressInfo
  const between = await relay({ host: HOST, to: { host: HOST, port }, delay: DELAY })
  onTestFinished(() => between.close())

  const client = connect({ host: HOST, port: between.port })
  const from = performance.now()
  client.end('there and back')
  expect(String((await once(client, 'data'))[0])).toBe('there and back')
  // A timer may be a millisecond early.
  expect(performance.now() - from).toBeGreaterThanOrEqual(2 * (DELAY - 1))
  await once(client, 'end')
})
