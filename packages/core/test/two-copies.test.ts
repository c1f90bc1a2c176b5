import { describe, expect, test } from 'vitest'
// The build of this package stands for a second copy in an application's node_modules.
import * as other from '../dist/index.js'
import * as otherTesting from '../dist/testing.js'
import { serve } from '../src/adapter.ts'
import { type Connection, createEndpoint, echo, prepare, refuse } from '../src/index.ts'
import { HandshakeRefusedError, MemoryClient } from '../src/testing.ts'

describe('two copies of core in one application', () => {
  test('are two: classes of one are not those of the other', () => {
    expect(other.refuse(401)).not.toBeInstanceOf(refuse(401).constructor)
  })

  test('work together: an adapter serves an endpoint of the other copy', async () => {
    const client = await MemoryClient.connect(other.createEndpoint({ session: other.echo() }))
    client.send('hello')
    expect(await client.message()).toBe('hello')
    const reverse = await otherTesting.MemoryClient.connect(createEndpoint({ session: echo() }))
    reverse.send('hello')
    expect(await reverse.message()).toBe('hello')
  })

  test.each([
    ['at once', () => other.refuse(401)],
    ['later', async () => other.refuse(401)],
  ])('fail closed: a refusal of the other copy refuses %s', async (_name, authorize) => {
    const endpoint = createEndpoint({ session: echo(), authorize })
    const connecting = MemoryClient.connect(endpoint)
    await expect(connecting).rejects.toThrow(HandshakeRefusedError)
    await expect(connecting).rejects.toMatchObject({ refusal: { status: 401 } })
  })

  test('take the messages that the other has prepared', async () => {
    const session = { open: (connection: Connection) => connection.send(other.prepare('hello')) }
    const client = await MemoryClient.connect(createEndpoint({ session }))
    expect(await client.message()).toBe('hello')
    expect(other.prepare('hello')).not.toBeInstanceOf(prepare('hello').constructor)
  })

  test('tell their connections apart by id', async () => {
    const endpoints = [createEndpoint({ session: {} }), other.createEndpoint({ session: {} })]
    for (const endpoint of endpoints) await MemoryClient.connect(endpoint)
    const ids = endpoints.flatMap(({ connections }) => [...connections].map(({ id }) => id))
    expect(new Set(ids).size).toBe(2)
  })
})

test.each([undefined, null, {}, 'an endpoint'])('serve refuses %j in plain words', (endpoint) => {
  expect(() => serve(endpoint as never)).toThrow(
    'The endpoint must be made by createEndpoint, got ',
  )
})
