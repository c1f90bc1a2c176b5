/** One message for one channel. */
export interface BackplaneMessage {
  readonly channel: string
  readonly payload: Uint8Array
}

/** What a backplane tells. Topics implement it. Its methods do not throw. */
export interface BackplaneListener {
  /**
   * A message arrived on a channel that is subscribed to. Topics keep the payload, so its memory must not be used
   * again. Messages of this backplane itself may be among them.
   */
  message(channel: string, payload: Uint8Array): void
  /**
   * - `down`: the connection to the broker was lost, and the backplane is making another one. It may be told again,
   *   when another reason is known.
   * - `up`: there is one again, and all channels are subscribed to again but those that were told as `refused`. What
   *   came between is lost.
   *
   * @param why the reason for `down`, without secrets
   */
  state(state: 'up' | 'down', why?: Error): void
  /**
   * Messages of these channels may not have arrived, although the backplane was not down.
   *
   * @param channels `undefined` when it may be any of them
   * @param reason `overflow`, the default, when they were dropped on the way; `disconnected` when there was no connection
   * to the part of the broker that has these channels. They are subscribed to again.
   */
  lost(channels: readonly string[] | undefined, reason?: 'overflow' | 'disconnected'): void
  /**
   * The broker has ended the subscriptions to these channels, or has refused to make them again after the connection was
   * lost. They are not subscribed to any more, and topics call `subscribe` again. Not told of a channel for which a
   * call is under way; that is rejected.
   */
  refused(channels: readonly string[]): void
}

/**
 * Carries messages between servers. It knows channels and bytes, and nothing of topics. Implement it to run topics
 * on another broker, and prove it by `backplaneCases` of `@wirebeat/conformance`.
 *
 * The names of channels have 1 to 800 characters: letters and digits of ASCII, `_`, `-` and `=`. Nobody may hear a
 * channel of another name. Messages of one `publish` or of several arrive in order on each channel, at most once.
 */
export interface Backplane {
  /** A short name for errors and figures, such as `redis`. */
  readonly name: string
  /**
   * How many bytes one message may have, from 1,024 on. Topics send no larger ones. It may become smaller in `start`,
   * where the broker says that it takes less.
   */
  readonly maxPayload: number
  /**
   * Connects to the broker. Called once, before everything else; again when it was rejected.
   *
   * @returns a promise that resolves when the backplane can be used. It rejects with an Error that names host and
   * port when the broker cannot be reached within the time limit of the backplane.
   */
  start(listener: BackplaneListener): Promise<void>
  /**
   * Sends messages to the broker, all of them in one write where they are what one turn has brought.
   *
   * @returns a promise that resolves when the broker has taken all of them. It rejects when it is not known to have,
   * and at once while the backplane is down. It is not kept for later then.
   */
  publish(messages: readonly BackplaneMessage[]): Promise<void>
  /**
   * Subscribes to channels. Never called twice at a time for one channel.
   *
   * @returns a promise that resolves when the broker has confirmed all of them. It rejects when it has refused one,
   * and at once while the backplane is down. No channel of the call is subscribed to then.
   */
  subscribe(channels: readonly string[]): Promise<void>
  /**
   * Ends subscriptions. Never called at a time with another call for the same channel.
   *
   * @returns a promise that resolves when the broker has confirmed it. It rejects when it is not known to have, and at
   * once while the backplane is down. All channels of the call are subscribed to as before then, or are again when
   * the connection is.
   */
  unsubscribe(channels: readonly string[]): Promise<void>
  /** Ends the connections to the broker. Never rejects. Nothing is called afterwards, on either side. */
  close(): Promise<void>
}
