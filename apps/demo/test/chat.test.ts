import { createEndpoint } from '@wirebeat/core'
import { HubTestClient } from '@wirebeat/hub/testing'
import { expect, test } from 'vitest'
import { type ChatDefinition, createChat } from '../src/chat.ts'
import { CHAT_LIMITS } from '../src/chat-limits.ts'
import { ConnectionNumbers } from '../src/connection-numbers.ts'

function openChat() {
  const { session } = createChat(new ConnectionNumbers())
  const endpoint = createEndpoint({ session })
  return () => HubTestClient.connect<ChatDefinition>(endpoint)
}

test('who joins learns who is there, and the others learn of it', async () => {
  const enter = openChat()
  const [ada, bob] = [await enter(), await enter()]
  const heard: unknown[] = []
  ada.on('came', (person, people) => heard.push(['came', person.name, people.length]))
  ada.on('went', (person, people) => heard.push(['went', person.name, people.length]))
  expect(await ada.invoke('join', ' Ada ', 'hall')).toEqual({
    number: 1,
    transport: 'web-sockets',
    people: [{ number: 1, name: 'Ada' }],
  })
  const { people } = await bob.invoke('join', 'Bob', 'hall')
  expect(people.map(({ name }) => name)).toEqual(['Ada', 'Bob'])
  await bob.stop()
  await expect
    .poll(() => heard)
    .toEqual([
      ['came', 'Bob', 2],
      ['went', 'Bob', 1],
    ])
})

test.each([
  ['an empty name', '', 'hall'],
  ['a name of blanks', '  ', 'hall'],
  ['a name with a line break', 'A\nda', 'hall'],
  ['a name that is too long', 'a'.repeat(CHAT_LIMITS.name + 1), 'hall'],
  ['a room that is too long', 'Ada', 'h'.repeat(CHAT_LIMITS.room + 1)],
  ['half a character', 'Ada', '\ud800'],
])('%s is refused', async (_, name, room) => {
  const client = await openChat()()
  await expect(client.invoke('join', name, room)).rejects.toThrow("Failed to invoke 'join'")
})

test('the longest names and messages are taken, in any script', async () => {
  const client = await openChat()()
  const heard: string[] = []
  client.on('said', (person, text) => heard.push(person.name, text))
  const [name, room] = ['あ'.repeat(CHAT_LIMITS.name), 'あ'.repeat(CHAT_LIMITS.room)]
  await client.invoke('join', name, room)
  const text = 'あ'.repeat(CHAT_LIMITS.message)
  await client.invoke('say', text)
  await expect.poll(() => heard).toEqual([name, text])
  await expect(client.invoke('say', `${text}!`)).rejects.toThrow("Failed to invoke 'say'")
  await expect(client.invoke('say', ' ')).rejects.toThrow("Failed to invoke 'say'")
})

test('a connection speaks in the one room that it has joined', async () => {
  const client = await openChat()()
  await expect(client.invoke('say', 'hello')).rejects.toThrow('Join a room first.')
  await client.invoke('join', 'Ada', 'hall')
  await expect(client.invoke('join', 'Ada', 'yard')).rejects.toThrow('You are in a room already.')
})

test('a full room takes nobody until somebody has left', async () => {
  const enter = openChat()
  const clients = await Promise.all(Array.from({ length: CHAT_LIMITS.peopleInRoom }, enter))
  for (const client of clients) await client.invoke('join', 'Ada', 'hall')
  const late = await enter()
  await expect(late.invoke('join', 'Eve', 'hall')).rejects.toThrow('The room is full: 50 people')
  await clients[0]?.stop()
  await expect
    .poll(() => late.invoke('join', 'Eve', 'hall').then(({ people }) => people.length, String))
    .toBe(CHAT_LIMITS.peopleInRoom)
})
