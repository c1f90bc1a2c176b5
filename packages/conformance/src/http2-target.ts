import { once } from 'node:events'
import { type ClientHttp2Session, connect } from 'node:http2'
import { Http2Socket } from './http2-socket.ts'
import { RawClient } from './raw-client.ts'
import { type AdapterUnderTest, certificate, SocketServer, type Target } from './target.ts'

/**
 * The target that an adapter is over HTTP/2 (RFC 8441), with all clients of a server on one session.
 *
 * @param adapter whose `listen` makes a server that speaks HTTP/2 and takes an extended CONNECT
 */
export function http2TargetOf({ engine, missing, listen }: AdapterUnderTest): Target {
  return {
    name: engine,
    missing,
    async serve(endpoint) {
      const listening = await listen(endpoint, {
        host: '127.0.0.1',
        port: 0,
        tls: await certificate(),
      })
      const session = await openSession(listening.port)
      return new SocketServer(
        async ({ staysOpen = false } = {}) => new RawClient(new Http2Socket(session, staysOpen)),
        async () => {
          session.destroy()
          await listening.close()
        },
      )
    },
  }
}

/** Opens a session, and waits until the server has said whether it takes an extended CONNECT. */
async function openSession(port: number): Promise<ClientHttp2Session> {
  const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
  await once(session, 'remoteSettings')
  return session
}
