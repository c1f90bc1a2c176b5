import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { HOST } from '../servers/settings.ts'

/** WebSockets on one session. */
const STREAMS = 100

/** The sessions of HTTP/2 of the load generator. */
export class Sessions {
  readonly #withRoom: ClientHttp2Session[] = []
  readonly #all = new Set<ClientHttp2Session>()

  /** Opens as many as so many streams need. */
  async open(port: number, streams: number): Promise<void> {
    for (let left = streams; left > 0; left -= STREAMS) {
      const session = connect(`https://${HOST}:${port}`, { rejectUnauthorized: false })
      // Its streams tell that it is gone.
      session.on('error', () => {})
      // Before that it is not known whether the server takes an extended CONNECT.
      await once(session, 'remoteSettings')
      this.#all.add(session)
      this.#withRoom.push(...new Array<ClientHttp2Session>(Math.min(left, STREAMS)).fill(session))
    }
  }

  /** Opens a stream for which `open` has made room. */
  request(headers: OutgoingHttpHeaders): ClientHttp2Stream {
    const session = this.#withRoom.pop()
    if (session === undefined) throw new Error('there is no session for this stream')
    return session.request(headers, { endStream: false })
  }

  /** Ends all, with what is open on them. */
  end(): void {
    for (const session of this.#all) session.destroy()
    this.#all.clear()
  }
}
