import { HeaderFields, type ReceivedRequest } from '../address/request.ts'
import { asksForWebSocket } from '../handshake/handshake.ts'
import type { PlainResponse } from '../handshake/refusal.ts'
import { fieldLines } from '../handshake/response-headers.ts'
import type { Admission, ServedEndpoint } from './served-endpoint.ts'
import { WebExchange } from './web-exchange.ts'
import type { WebRequest, WebResponse } from './web-request.ts'

// For hosts that hand over the web's Request and take its Response, such as Bun.serve and Deno.serve.

// A web standard that these hosts have; see clock.ts on why it is named here.
declare const Response: {
  new (
    body: string,
    init: { status: number; statusText: string; headers: [name: string, value: string][] },
  ): WebResponse
}

/**
 * A `Request` as core reads it. Such a host has lost the order of the header lines and how many there were of
 * one name. What it joins with a comma, core sees as sent twice.
 *
 * @param addressOf returns the client's address in canonical form, as `canonicalAddress` returns it
 */
export function receivedFromWeb(request: WebRequest, addressOf: () => string): ReceivedRequest {
  const { method, url } = request
  // Without the class URL, because with an unusual Host header this is no URL.
  const target = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '')
  let fields: HeaderFields | undefined
  return {
    method,
    url: target.startsWith('/') ? target : `/${target}`,
    secure: /^https:/i.test(url),
    // Not read for a request that is for another path.
    get headers() {
      fields ??= headersOf(request)
      return fields
    },
    get remoteAddress() {
      return addressOf()
    },
  }
}

function headersOf(request: WebRequest): HeaderFields {
  const headers = new HeaderFields()
  request.headers.forEach((value, name) => {
    headers.add(name, value)
  })
  return headers
}

/** A refusal, or another answer of core, as a `Response` that ends its connection. */
export function webResponse({ status, statusText, headers, body }: PlainResponse): WebResponse {
  // Who sends Upgrade must name it here (RFC 9110, section 7.8).
  const connection = 'Upgrade' in headers ? 'close, Upgrade' : 'close'
  const lines = fieldLines({ ...headers, Connection: connection })
  return new Response(body, { status, statusText, headers: lines })
}

/**
 * Decides about a request, plain or for a WebSocket, and returns what the host's handler must return.
 *
 * @param addressOf returns the client's address in canonical form, as `canonicalAddress` returns it
 * @param complete completes an admitted handshake, and returns what the host wants for it. Where it throws, so
 * does this function, or its promise rejects, and the place is free again
 * @returns `false` when the request is for another path. A promise while `authorize` decides.
 */
export function upgradeFromWeb<Completed>(
  endpoint: ServedEndpoint,
  request: WebRequest,
  addressOf: () => string,
  complete: (admission: Admission) => Completed,
): Completed | WebResponse | Promise<Completed | WebResponse> | false {
  const received = receivedFromWeb(request, addressOf)
  if (endpoint.options.answersPlain && !asksForWebSocket(received)) {
    const answer = endpoint.answer(received)
    if (answer === undefined) return false
    if (typeof answer !== 'function') return webResponse(answer)
    const exchange = new WebExchange(request)
    answer(exchange)
    return exchange.response
  }
  let answer: { readonly is: Completed | WebResponse } | undefined
  let settle = (is: Completed | WebResponse): void => {
    answer = { is }
  }
  let fail = (error: unknown): void => {
    throw error
  }
  let stopWatching = (): void => {}
  let waiting: Promise<Completed | WebResponse> | undefined
  const isOurs = endpoint.upgrade(received, {
    refuse(refusal) {
      stopWatching()
      settle(webResponse(refusal))
    },
    accept(admission) {
      // Before, because a host may abort the signal when the request is answered.
      stopWatching()
      try {
        settle(complete(admission))
      } catch (error) {
        admission.abandon()
        fail(error)
      }
    },
    wait(gone) {
      waiting = new Promise((resolve, reject) => {
        const leave = (): void => {
          gone()
          // Nobody reads it.
          settle(webResponse(CLIENT_GONE))
        }
        request.signal.addEventListener('abort', leave)
        stopWatching = () => request.signal.removeEventListener('abort', leave)
        settle = resolve
        fail = reject
      })
    },
  })
  if (!isOurs) return false
  return answer === undefined ? (waiting ?? false) : answer.is
}

const CLIENT_GONE: PlainResponse = {
  status: 408,
  statusText: 'Request Timeout',
  headers: {},
  body: '',
}
