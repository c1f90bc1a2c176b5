import { HOST, ORIGIN, PATH } from '../servers/settings.ts'

/** What a negotiation answers. */
interface Negotiated {
  readonly connectionToken: string
  readonly useStatefulReconnect?: boolean
  readonly error?: string
}

/**
 * Negotiates a connection, which is to be opened soon: a server waits only so long for it.
 *
 * @returns its token
 */
export async function negotiate(port: number, isStateful: boolean): Promise<string> {
  const query = `negotiateVersion=1${isStateful ? '&useStatefulReconnect=true' : ''}`
  const url = `http://${HOST}:${port}${PATH}/negotiate?${query}`
  const answer = await fetch(url, { method: 'POST', headers: { Origin: ORIGIN } })
  if (!answer.ok) throw new Error(`the negotiation was answered by ${answer.status}`)
  const { connectionToken, useStatefulReconnect, error } = (await answer.json()) as Negotiated
  if (error !== undefined || (isStateful && useStatefulReconnect !== true)) {
    throw new Error(`the server does not agree: ${error}`)
  }
  return connectionToken
}
