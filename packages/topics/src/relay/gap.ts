/** Publications of other servers to a topic did not arrive here, or may not have. */
export interface Gap {
  readonly topic: string
  /** The server whose publications are missing. `undefined` when they may be those of any server. */
  readonly server: string | undefined
  /** How many are missing. `undefined` when nobody knows. */
  readonly count: number | undefined
  /**
   * - `missing`: the numbers of a server's publications have a hole.
   * - `disconnected`: the connection to the broker, or to the part of it that has the topic, was lost, and there is one
   *   again. Or the broker had refused the topic, and allows it again.
   * - `refused`: the broker does not allow the topic any more. Nothing arrives until it does again, which is tried
   *   every five seconds.
   * - `overflow`: the broker or its client has dropped messages.
   * - `server-gone`: a server has ended without a word, with what it may have published last.
   */
  readonly reason: 'missing' | 'disconnected' | 'refused' | 'overflow' | 'server-gone'
}
