import { once } from 'node:events'
import { connect } from 'node:http2'
import { buffer } from 'node:stream/consumers'

/** A text message `hi` (RFC 6455, section 5.2), whose mask of zeros leaves it as it is. */
const MESSAGE = Buffer.from([0x81, 0x82, 0, 0, 0, 0, ...Buffer.from('hi')])
/** A close frame without a code. */
const CLOSE = Buffer.from([0x88, 0x80, 0, 0, 0, 0])

/** What a client of HTTP/2 finds at a port. */
export interface Http2Findings {
  /** Whether the server lets WebSockets through (RFC 8441, section 3). */
  readonly offersWebSockets: boolean
  /** What came back on one, where it does. */
  readonly answer?: string
}

/** Speaks HTTP/2, and sends a message over it where WebSockets are let through. */
export async function overHttp2(port: number): Promise<Http2Findings> {
  const session = connect(`https://localhost:${port}`, { rejectUnauthorized: false })
  const signal = AbortSignal.timeout(15_000)
  const [settings] = await once(session, 'remoteSettings', { signal })
  if (!settings.enableConnectProtocol) {
    session.destroy()
    return { offersWebSockets: false }
  }
  const stream = session.request({
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': 'https',
    ':authority': `localhost:${port}`,
    ':path': '/ws',
    'sec-websocket-version': '13',
  })
  const [headers] = await once(stream, 'response', { signal })
  stream.write(MESSAGE)
  stream.end(CLOSE)
  const frames = await buffer(stream)
  session.destroy()
  return { offersWebSockets: true, answer: `${headers[':status']} ${frames.subarray(2, 4)}` }
}
