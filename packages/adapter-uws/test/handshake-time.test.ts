import { once } from 'node:events'
import { connect } from 'node:net'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import { createEndpoint, echo } from '@wirebeat/core'
import { expect, test } from 'vitest'
import { listen } from '../src/listen.ts'

/** The engine's own limit is 10 s, and it looks every 4 s; the rest is for a busy machine. */
const BOUND = 25_000

const REQUEST = `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ${'x'.repeat(100)}\r\n\r\n`

/** Connects, sends the start of a request and then its other bytes one by one; none for ''. */
async function cutOff(port: number, start: string): Promise<void> {
  const client = connect(port, '127.0.0.1')
  client.write(start)
  let sent = start.length
  const drip = setInterval(() => client.write(REQUEST.charAt(sent++)), 1_000)
  if (start === '') clearInterval(drip)
  client.resume()
  try {
    await once(client, 'close', { signal: AbortSignal.timeout(BOUND) })
  } catch (error) {
    // A byte that crosses the end is answered with a reset, which is an end as well.
    expect(error).toMatchObject({ code: 'ECONNRESET' })
  }
  clearInterval(drip)
  expect(sent).toBeLessThan(REQUEST.length)
}

test('the engine cuts off a request that does not come to its end, whatever is sent of it', async () => {
  const endpoint = createEndpoint({ session: echo() })
  const plain = await listen(endpoint, { host: '127.0.0.1' })
  const secure = await listen(endpoint, { host: '127.0.0.1', tls: await makeCertificate() })
  await Promise.all([
    cutOff(plain.port, ''),
    cutOff(plain.port, REQUEST.slice(0, 20)),
    cutOff(secure.port, ''),
  ])
  await Promise.all([plain.close(), secure.close()])
}, 30_000)
