/** The most that the chat takes. Lengths are in UTF-16 code units, as browsers count them. */
export const CHAT_LIMITS = {
  name: 40,
  room: 40,
  message: 1_000,
  peopleInRoom: 50,
  /** What a client may send in a second, pings too. */
  messageRate: 20,
} as const
