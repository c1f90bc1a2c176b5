import { hubOf } from '@wirebeat/hub'
import { z } from 'zod'

/** What the hub of these tests may call of its clients. */
export interface ChatClient {
  said(text: string): void
  confirm(question: string): Promise<boolean>
}

export interface User {
  readonly name: string
}

const { method, define } = hubOf<ChatClient, User>()

export const chat = define({
  id: method([], (call) => call.connectionId),
  tell: method([z.string(), z.string()], async (call, id, text) =>
    call.clients.connection(id).send('said', text).confirmed(),
  ),
})
