// A hub: the methods that clients may call, with the schemas of their arguments. hub.ts serves it.
import { HubError, hubOf } from '@wirebeat/hub'
import { z } from 'zod'

/** What the hub may call of its clients. */
export interface ChatClient {
  said(room: string, name: string, text: string): void
  confirm(question: string): Promise<boolean>
}

export interface User {
  readonly name: string
}

const { method, define } = hubOf<ChatClient, User>()
const roomName = z.string().min(1).max(40)

export const chat = define({
  join: method([roomName], async (call, room) => {
    await call.groups.add(room)
    call.clients.group(room).send('said', room, call.context.name, 'has come')
  }),

  say: method([roomName, z.string().max(1_000)], (call, room, text) => {
    if (text.trim() === '') throw new HubError('Say something.')
    call.clients.group(room).send('said', room, call.context.name, text)
  }),

  // A client method that returns something is asked, and waited for.
  leave: method([roomName], async (call, room) => {
    const question = `Leave ${room}?`
    const isSure = await call.clients.caller.invoke('confirm', { timeout: 10_000 }, question)
    return isSure && (await call.groups.remove(room))
  }),

  // What a generator yields is a stream.
  countdown: method([z.int().min(0).max(100)], async function* (_call, from) {
    for (let left = from; left >= 0; left--) yield left
  }),
})
