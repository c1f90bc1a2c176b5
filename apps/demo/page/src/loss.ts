import type { Loss } from '@wirebeat/client'
import { closeCodeMeaning } from './close-code.ts'
import { timeSpan } from './time-span.ts'

/** What the page knows of an attempt or a connection that was lost. */
export interface LossContext {
  readonly wasOpen: boolean
  /** Whether the page has had a connection to this server before. */
  readonly everOpened: boolean
  /** Milliseconds of silence after which the connection is given up. */
  readonly timeout: number
}

/** Why there is no connection, in words. */
export interface LossWords {
  readonly what: string
  readonly hint: string
}

/**
 * Why a connection was lost or did not come about, in words; `undefined` where its close code says
 * all. A browser keeps the cause of a failure from the page, so that pages cannot probe a network.
 */
export function lossWords(
  { cause }: Pick<Loss, 'cause'>,
  { wasOpen, everOpened, timeout }: LossContext,
): LossWords | undefined {
  switch (cause) {
    case 'heartbeat':
      return {
        what: `no sign of life for ${timeSpan(timeout)}`,
        hint: 'this end gives the connection up, without waiting for the dead line',
      }
    case 'timeout':
      return { what: 'the attempt took too long', hint: 'nothing answers there' }
    case 'lost':
    case 'url':
      if (wasOpen) {
        return {
          what: 'the connection failed',
          hint: 'the browser tells a page no more than that',
        }
      }
      return {
        what: 'could not connect',
        hint: everOpened
          ? 'the server may be down, or the network'
          : 'the server may be down, the path wrong, or this origin refused; the browser’s console may say which',
      }
    case 'client':
    case 'server':
      return undefined
  }
}

/** Why there will be no other connection, in a sentence; `undefined` where the person or a server that is done ended it. */
export function endWords(
  { cause, code }: Pick<Loss, 'cause' | 'code'>,
  failure: LossWords | undefined,
): string | undefined {
  if (failure !== undefined) {
    const { what, hint } = failure
    return `${what[0]?.toUpperCase()}${what.slice(1)}: ${hint}.`
  }
  if (cause === 'client' || code === 1000) return undefined
  return `The server closed the connection with code ${code}, ${closeCodeMeaning(code)}.`
}
