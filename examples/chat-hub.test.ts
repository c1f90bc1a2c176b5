// A hub tested without a socket: its clients are in memory, with the types of the hub.

import { createEndpoint, refuse } from '@wirebeat/core'
import { createHub } from '@wirebeat/hub'
import { HubTestClient } from '@wirebeat/hub/testing'
import { expect, test } from 'vitest'
import { chat } from './chat-hub.ts'

function chatRoom() {
  const endpoint = createEndpoint({
    session: createHub(chat).session,
    authorize: ({ url }) => (url === '/' ? refuse(401) : { name: url.slice(1) }),
  })
  return async (name: string) => {
    const client = await HubTestClient.connect<typeof chat>(endpoint, { url: `/${name}` })
    const heard: string[] = []
    client.on('said', (room, who, text) => heard.push(`${room}: ${who} ${text}`))
    return { client, heard }
  }
}

test('those hear it who are in the room', async () => {
  const enter = chatRoom()
  const [ada, bob, eve] = [await enter('Ada'), await enter('Bob'), await enter('Eve')]
  await ada.client.invoke('join', 'hall')
  await bob.client.invoke('join', 'hall')
  await bob.client.invoke('say', 'hall', 'says hello')
  expect(ada.heard).toEqual(['hall: Ada has come', 'hall: Bob has come', 'hall: Bob says hello'])
  expect(eve.heard).toEqual([])
})

test('nobody leaves without being sure', async () => {
  const { client, heard } = await chatRoom()('Ada')
  await client.invoke('join', 'hall')
  let isSure = false
  client.on('confirm', () => isSure)
  expect(await client.invoke('leave', 'hall')).toBe(false)
  isSure = true
  expect(await client.invoke('leave', 'hall')).toBe(true)
  await client.invoke('say', 'hall', 'is anybody there?')
  expect(heard).toEqual(['hall: Ada has come'])
})

test('nothing is not said', async () => {
  const { client } = await chatRoom()('Ada')
  await expect(client.invoke('say', 'hall', ' ')).rejects.toThrow('Say something.')
})
