/** A message, as it is handed to a WebSocket. */
export type Message = string | ArrayBuffer

/** The size on the wire, in bytes: text is UTF-8 there. */
export function sizeOf(message: Message): number {
  if (typeof message !== 'string') return message.byteLength
  return new TextEncoder().encode(message).length
}

/** The size of the first message that has more bytes than the limit; `undefined` when none has. */
export function sizeOver(messages: readonly Message[], limit: number): number | undefined {
  // A UTF-16 code unit is at most 3 bytes, so that short ones need not be counted.
  const long = messages.filter(
    (message) => typeof message !== 'string' || 3 * message.length > limit,
  )
  return long.map(sizeOf).find((size) => size > limit)
}
