import { HOST, ORIGIN, PATH } from '../servers/settings.ts'

/** Negotiations under way at a time. */
const AT_A_TIME = 64

/** What a negotiation answers. */
interface Negotiated {
  readonly connectionToken: string
  readonly useStatefulReconnect?: boolean
  readonly error?: string
}

/** The tokens of connections that were negotiated, each for one WebSocket. */
export class Tokens {
  readonly #tokens: string[] = []

  /** Negotiates so many. */
  async negotiate(port: number, count: number): Promise<void> {
    const url = `http://${HOST}:${port}${PATH}/negotiate?negotiateVersion=1&useStatefulReconnect=true`
    let left = count
    const negotiateSome = async (): Promise<void> => {
      while (left-- > 0) {
        const answer = await fetch(url, { method: 'POST', headers: { Origin: ORIGIN } })
        const { connectionToken, useStatefulReconnect, error } = (await answer.json()) as Negotiated
        if (useStatefulReconnect !== true) throw new Error(`the server does not agree: ${error}`)
        this.#tokens.push(connectionToken)
      }
    }
    await Promise.all(Array.from({ length: AT_A_TIME }, negotiateSome))
  }

  take(): string {
    const token = this.#tokens.pop()
    if (token === undefined) throw new Error('there is no token for this connection')
    return token
  }
}
