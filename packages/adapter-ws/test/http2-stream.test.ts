import { once } from 'node:events'
import { createServer, type ServerHttp2Stream } from 'node:http2'
import { expect, onTestFinished, test } from 'vitest'
import { acceptAtFirstWrite } from '../src/http2-stream.ts'
import { openOver, openSession } from './http2-client.ts'

/** A stream of a server as ws writes to it, and its client. */
async function openStream() {
  const server = createServer({ settings: { enableConnectProtocol: true } })
  const opened = once(server, 'stream')
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  const client = openOver(await openSession(address.port, 'http'))
  const [stream]: ServerHttp2Stream[] = await opened
  if (stream === undefined) throw new Error('there is no stream')
  acceptAtFirstWrite(stream)
  stream.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
  return { stream, client: await client }
}

test('a batch is done when its bytes have left, though an empty chunk ends it', async () => {
  const { stream, client } = await openStream()
  const bytes = Buffer.alloc(24 * 1024, 1)
  stream.cork()
  stream.write(bytes)
  stream.write(Buffer.alloc(0), () => {
    // Stands for what others write into memory that was let go of.
    bytes.fill(2)
    stream.end()
  })
  stream.uncork()
  const chunks: Buffer[] = []
  for await (const chunk of client) chunks.push(chunk)
  expect(Buffer.concat(chunks).equals(Buffer.alloc(24 * 1024, 1))).toBe(true)
})

test('a batch of empty chunks is done', async () => {
  const { stream } = await openStream()
  stream.cork()
  stream.write(Buffer.alloc(0))
  const done = new Promise((resolve) => stream.write(Buffer.alloc(0), resolve))
  stream.uncork()
  expect(await done).toBeFalsy()
})
