import type { CloseEvent, Connection, Message } from '@wirebeat/core'

/** A session that notes what it is told, and what it has noted. */
export function recorded() {
  const opened: Connection[] = []
  const messages: Message[] = []
  const ends: CloseEvent[] = []
  const session = {
    open: (connection: Connection) => opened.push(connection),
    message: (_connection: Connection, message: Message) => messages.push(message),
    close: (_connection: Connection, event: CloseEvent) => ends.push(event),
  }
  return { opened, messages, ends, session }
}
