import {
  type Allowed,
  allow,
  type CloseEvent,
  type Connection,
  type HandshakeRequest,
} from '@wirebeat/core'
import type { ConnectionNumbers } from './connection-numbers.ts'

/**
 * Identifies the connections of one page by the query of their URL, so that the page can ask about them.
 * `undefined` for a client that is not a page of the demo.
 */
export type ViewToken = string | undefined

const TOKENS = 256
const CONNECTIONS_OF_ONE = 8

interface SeenConnection {
  readonly id: number
  readonly openedAt: number
  readonly openedOn: number
  ended?: { readonly at: number; readonly event: CloseEvent }
}

/** For the option `authorize`: lets everybody in, with the token of the request. */
export function allowWithToken({ url }: HandshakeRequest): Allowed<ViewToken> {
  return allow(tokenIn(url.slice(url.indexOf('?') + 1)))
}

/**
 * The connections of each page as the server has seen them, which the page shows beside its own view. Keeps the
 * last 8 connections of the last 256 pages.
 */
export class ServerView {
  readonly #numbers: ConnectionNumbers
  readonly #byToken = new Map<string, SeenConnection[]>()

  constructor(numbers: ConnectionNumbers) {
    this.#numbers = numbers
  }

  opened(opened: Connection<ViewToken>): void {
    const { context } = opened
    const id = this.#numbers.of(opened)
    if (context === undefined) return
    const seen = this.#byToken.get(context) ?? []
    // Deleted and set again, so that the keys are in the order of their last connection.
    this.#byToken.delete(context)
    const connection = { id, openedAt: performance.now(), openedOn: Date.now() }
    this.#byToken.set(context, [...seen, connection].slice(-CONNECTIONS_OF_ONE))
    const [oldest] = this.#byToken.keys()
    if (this.#byToken.size > TOKENS && oldest !== undefined) this.#byToken.delete(oldest)
  }

  closed(closed: Connection<ViewToken>, event: CloseEvent): void {
    const id = this.#numbers.of(closed)
    const seen = this.#byToken.get(closed.context ?? '')?.find((connection) => connection.id === id)
    if (seen !== undefined) seen.ended = { at: performance.now(), event }
  }

  /**
   * The connections of a page as JSON, the oldest first:
   * `[{ id, openedAt, openedAgo, end?: { cause, code, endedAgo } }]`. `openedAt` is a time of the wall clock.
   * The other times are in milliseconds before now.
   *
   * @param query the query of the request, with the page's token
   */
  json(query: string): string {
    const now = performance.now()
    const seen = this.#byToken.get(tokenIn(query) ?? '') ?? []
    return JSON.stringify(
      seen.map(({ id, openedAt, openedOn, ended }) => ({
        id,
        openedAt: openedOn,
        openedAgo: Math.round(now - openedAt),
        end: ended && {
          cause: ended.event.cause,
          code: ended.event.code,
          endedAgo: Math.round(now - ended.at),
        },
      })),
    )
  }
}

function tokenIn(query: string): ViewToken {
  return /^view=([\da-f]{32})$/.exec(query)?.[1]
}
