import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { setImmediate } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

/** Opens a session, and waits until the server has said whether it takes an extended CONNECT. */
export async function openSession(port: number, scheme = 'https'): Promise<ClientHttp2Session> {
  const session = connect(`${scheme}://127.0.0.1:${port}`, { rejectUnauthorized: false })
  onTestFinished(async () => {
    // Within a callback of the session Node 20 would never return from it.
    await setImmediate()
    session.destroy()
  })
  await once(session, 'remoteSettings')
  return session
}

/** Asks for a WebSocket at `/ws`, but for the changes. */
export function askOver(
  session: ClientHttp2Session,
  changes: OutgoingHttpHeaders = {},
): ClientHttp2Stream {
  const stream = session.request(
    {
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':path': '/ws',
      'sec-websocket-version': '13',
      ...changes,
    },
    { endStream: false },
  )
  return stream.on('error', () => {})
}

/** What a request over HTTP/2 is answered with. */
export async function answerTo(stream: ClientHttp2Stream) {
  const [headers] = await once(stream, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return { status: headers[':status'], headers, body: Buffer.concat(chunks).toString() }
}

/** Opens a WebSocket at `/ws`. */
export async function openOver(
  session: ClientHttp2Session,
  changes?: OutgoingHttpHeaders,
): Promise<ClientHttp2Stream> {
  const stream = askOver(session, changes)
  const [headers] = await once(stream, 'response')
  if (headers[':status'] !== 200) throw new Error(`refused with ${headers[':status']}`)
  return stream
}

/** A message of less than 126 bytes, with a mask of zeros. */
export function textFrame(text: string): Buffer {
  return Buffer.concat([Buffer.of(0x81, 0x80 | text.length, 0, 0, 0, 0), Buffer.from(text)])
}

/** Sends a message of less than 126 bytes, and waits for the next one. */
export async function echoOver(stream: ClientHttp2Stream, text: string): Promise<string> {
  stream.write(textFrame(text))
  let frame: Buffer = Buffer.alloc(0)
  while (frame.length < 2 || frame.length < 2 + Number(frame[1])) {
    const [chunk] = await once(stream, 'data')
    frame = Buffer.concat([frame, chunk])
  }
  // A ping may stand behind it.
  return frame.toString('utf8', 2, 2 + Number(frame[1]))
}
