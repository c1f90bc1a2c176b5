import type { AbortSignalLike } from './options.ts'
import type { Platform } from './platform.ts'

/** A string, or a `URL`. */
export type Url = string | { readonly href: string; toString(): string }

/** A value, or a function that makes it for one attempt. The signal aborts when the attempt is over. */
export type Source<Value> =
  | Value
  | ((signal: Platform<'AbortSignal', AbortSignalLike>) => Value | PromiseLike<Value>)

/** A URL, or a function that makes one for each attempt, for example with a new token. */
export type UrlSource = Source<Url>

/** Subprotocols, or a function that makes them for each attempt, for example with a new token. */
export type ProtocolsSource = Source<string | string[]>
