import type { HttpCall } from '@wirebeat/core/extension'
import { crossOriginFields } from './cross-origin.ts'

/** As ASP.NET Core names it. */
export const PLAIN = { 'Content-Type': 'text/plain' } as const

export const UNKNOWN = 'No Connection with that ID'

/** Refuses a request of any origin that the endpoint allows. */
export function refuse(
  call: HttpCall,
  status: number,
  body: string,
  fields: Readonly<Record<string, string>> = {},
): void {
  call.refuse(status, body, { ...PLAIN, ...fields, ...crossOriginFields(call.request) })
}
