import type { Loss } from '@wirebeat/client'
import { timeSpan } from './time-span.ts'

/** What the page knows of an attempt or a connection that was lost. */
export interface LossContext {
  readonly url: string
  readonly wasOpen: boolean
  /** Whether the page has had a connection to this server before. */
  readonly everOpened: boolean
  /** Milliseconds of silence after which the connection is given up. */
  readonly timeout: number
}

/**
 * Why a connection was lost or did not come about, in words; `undefined` where its close code says
 * all. A browser keeps the cause of a failure from the page, so that pages cannot probe a network.
 */
export function lossWords(
  { cause }: Pick<Loss, 'cause'>,
  { url, wasOpen, everOpened, timeout }: LossContext,
): { what: string; hint: string } | undefined {
  switch (cause) {
    case 'heartbeat':
      return {
        what: `no sign of life for ${timeSpan(timeout)}`,
        hint: 'this end gives the connection up, without waiting for the dead line',
      }
    case 'timeout':
      return { what: 'the attempt took too long', hint: url }
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
          ? `${url}: the server may be down, or the network`
          : `${url}: the server may be down, the path wrong, or this origin refused; the browser’s console may say which`,
      }
    case 'client':
    case 'server':
      return undefined
  }
}
