// `Backplane` of `@wirebeat/topics`, as far as the cases use it. Written out here, because the tests of topics need
// adapters, whose tests need this package. That they fit is checked where a backplane is put through the cases.

/** What a backplane tells. */
export interface BackplaneListener {
  message(channel: string, payload: Uint8Array): void
  state(state: 'up' | 'down', why?: Error): void
  lost(channels: readonly string[] | undefined, reason?: 'overflow' | 'disconnected'): void
  refused(channels: readonly string[]): void
}

/** A backplane of `@wirebeat/topics`. */
export interface Backplane {
  readonly maxPayload: number
  start(listener: BackplaneListener): Promise<void>
  publish(
    messages: readonly { readonly channel: string; readonly payload: Uint8Array }[],
  ): Promise<void>
  subscribe(channels: readonly string[]): Promise<void>
  unsubscribe(channels: readonly string[]): Promise<void>
  close(): Promise<void>
}
