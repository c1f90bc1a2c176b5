import { show } from '@wirebeat/core/extension'
import { HubError } from '../errors/hub-error.ts'
import { RefusedCallError } from '../errors/refused-call-error.ts'

// The texts that the clients of this protocol know. HubException is what they call a HubError.

const STREAM_FAILED = 'An error occurred on the server while streaming results.'
const CONNECTION_FAILED = 'Connection closed with an error.'

/** What a client is told of a call that failed. */
export function callFailure(method: string, error: unknown, detailed: boolean): string {
  if (error instanceof RefusedCallError) return error.answer
  return invoking(method) + detail(error, detailed)
}

/** What a client is told of a stream that failed. */
export function streamFailure(error: unknown, detailed: boolean): string {
  return STREAM_FAILED + detail(error, detailed)
}

/** What a client is told when its connection ends by an error. */
export function connectionFailure(error: unknown, detailed: boolean): string {
  return CONNECTION_FAILED + detail(error, detailed)
}

/** The beginning of what a client is told of a call that failed. */
export function invoking(method: string): string {
  return `An unexpected error occurred invoking '${method}' on the server.`
}

/** The beginning of what a client is told of a call that did not reach its method. */
export function refused(method: string): string {
  return `Failed to invoke '${method}' due to an error on the server.`
}

function detail(error: unknown, detailed: boolean): string {
  if (error instanceof HubError) return ` HubException: ${error.message}`
  if (!detailed) return ''
  if (error instanceof Error) return ` ${error.name}: ${error.message}`
  // Not every object has a text.
  return ` ${typeof error === 'object' ? show(error) : String(error)}`
}
