import type { Endpoint } from '@wirebeat/core'
import { type Bytes, bytesOf, HeaderFields, serve } from '@wirebeat/core/adapter'

/** A plain request, without a wire. */
export interface Request {
  readonly method?: string
  readonly url?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly remoteAddress?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
}

/** Sends a plain request to an endpoint; a negotiation of version 1 unless something is changed. */
export function ask(
  endpoint: Endpoint<never, never> | Endpoint,
  request: Request = {},
): Promise<Answer> {
  const { method = 'POST', url = '/hub/negotiate?negotiateVersion=1' } = request
  const headers = new HeaderFields()
  headers.add('Host', 'server.example')
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.add(name, value)
  const answer = serve(endpoint as Endpoint).answer({
    method,
    url,
    headers,
    remoteAddress: request.remoteAddress ?? '192.0.2.1',
    secure: false,
  })
  if (answer === undefined) return Promise.reject(new Error('The request is not the endpoint’s.'))
  if (typeof answer !== 'function') return Promise.resolve(answer)
  return new Promise((resolve) => {
    answer({
      read: (reader) => reader.end(),
      respond: ({ status, headers: fields }, body) =>
        resolve({ status, headers: fields, body: textOf(body) }),
      stream: () => {
        throw new Error('The answer is a stream.')
      },
      onGone() {},
    })
  })
}

function textOf(body: string | Bytes): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(bytesOf(body))
}

/** The names in the body of a negotiation. */
export interface Negotiated {
  readonly connectionId: string
  readonly connectionToken: string
}

export async function negotiate(
  endpoint: Parameters<typeof ask>[0],
  request?: Request,
): Promise<Negotiated> {
  const { status, body } = await ask(endpoint, request)
  if (status !== 200) throw new Error(`The negotiation was refused with ${status}: ${body}`)
  return JSON.parse(body)
}
