import type { ClientRequest } from './client-request.ts'
import { crossOriginFields } from './cross-origin.ts'

/** As ASP.NET Core names it. */
export const PLAIN = { 'Content-Type': 'text/plain' } as const

export const UNKNOWN = 'No Connection with that ID'

/** As {@link UNKNOWN}, on a server that is not the one of the connection. */
export const ELSEWHERE =
  'No Connection with that ID. It begins with the name of another server: let the proxy route by that.'

/** As ASP.NET Core says it. */
export const NOT_BY_POST = 'POST requests are not allowed for WebSocket connections.'

export const TOO_SLOW = 'The request took too long to arrive.'

/** Of every answer to a poll. */
export const POLL_HEAD = {
  'Cache-Control': 'no-cache, no-store',
  Pragma: 'no-cache',
  Expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
} as const

const EVENTS = 'text/event-stream'

/** Whether a GET is for Server-Sent Events. Each other one is a poll. */
export function isForEvents({ request }: Pick<ClientRequest, 'request'>): boolean {
  const accepted = request.headers.get('accept')?.split(',') ?? []
  return accepted.some((range) => range.split(';', 1)[0]?.trim().toLowerCase() === EVENTS)
}

/** Refuses a request of any origin that the endpoint allows. */
export function refuse(
  call: Pick<ClientRequest, 'request' | 'refuse'>,
  status: number,
  body: string,
  fields: Readonly<Record<string, string>> = {},
): void {
  const isPoll = call.request.method === 'GET' && !isForEvents(call)
  call.refuse(status, body, {
    ...PLAIN,
    ...(isPoll && POLL_HEAD),
    ...fields,
    ...crossOriginFields(call.request),
  })
}
