import { type Request, send } from './exchange.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
}

/** Sends a plain request to an endpoint, and waits for the answer; a negotiation unless something is changed. */
export async function ask(endpoint: unknown, request?: Request): Promise<Answer> {
  const { head, body } = await send(endpoint, request).answer()
  return { status: head?.status ?? 0, headers: head?.headers ?? {}, body }
}

/** The names in the body of a negotiation. */
export interface Negotiated {
  readonly connectionId: string
  readonly connectionToken: string
}

export async function negotiate(endpoint: unknown, request?: Request): Promise<Negotiated> {
  const { status, body } = await ask(endpoint, request)
  if (status !== 200) throw new Error(`The negotiation was refused with ${status}: ${body}`)
  return JSON.parse(body)
}
