import { MemoryClient } from '@wirebeat/core/testing'
import { createTopics } from '@wirebeat/topics'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { define, method, setUp } from './support/one-hub.ts'
import { failure, type Peer, result } from './support/peer.ts'

const ids = z.array(z.string())
const text = z.string()

const definition = define({
  id: method([], (call) => call.connectionId),
  user: method([], (call) => call.userId),
  all: method([text], (call, tag) => call.clients.all.send('said', tag).local),
  others: method([text], (call, tag) => call.clients.others.send('said', tag).local),
  caller: method([text], (call, tag) => call.clients.caller.send('said', tag).local),
  allExcept: method([ids, text], (call, except, tag) =>
    call.clients.allExcept(except).send('said', tag),
  ),
  connection: method([text, text], (call, id, tag) =>
    call.clients.connection(id).send('said', tag),
  ),
  connections: method([ids, text], (call, to, tag) =>
    call.clients.connections(to).send('said', tag),
  ),
  toUser: method([text, text], (call, id, tag) => call.clients.user(id).send('said', tag)),
  users: method([ids, text], (call, users, tag) => call.clients.user(users).send('said', tag)),
  userExcept: method([text, text, text], (call, id, except, tag) =>
    call.clients.user(id, { except }).send('said', tag),
  ),
  join: method([text], (call, group) => call.groups.add(group)),
  leave: method([text], (call, group) => call.groups.remove(group)),
  group: method([text, text], (call, group, tag) => call.clients.group(group).send('said', tag)),
  groups: method([ids, text], (call, groups, tag) => call.clients.group(groups).send('said', tag)),
  othersInGroup: method([text, text], (call, group, tag) =>
    call.clients.group(group, { except: call.connectionId }).send('said', tag),
  ),
})

async function three() {
  const world = setUp(definition, { userId: ({ name }) => (name === '' ? undefined : name) })
  const ada = await world.connect('ada')
  const ada2 = await world.connect('ada')
  const bob = await world.connect('bob')
  const [adaId = '', ada2Id = '', bobId = ''] = [...world.endpoint.connections].map(({ id }) => id)
  return { ...world, ada, ada2, bob, adaId, ada2Id, bobId }
}

/** What each of them was told. */
async function heard(...peers: readonly Peer[]): Promise<readonly unknown[][]> {
  const records = await Promise.all(peers.map((peer) => peer.settled()))
  return records.map((list) =>
    list
      .filter(({ target }) => target === 'said')
      .map((record) => (record['arguments'] as readonly unknown[])[0]),
  )
}

describe('clients are told something', () => {
  test.each([
    ['all', [], [['x'], ['x'], ['x']]],
    ['others', [], [[], ['x'], ['x']]],
    ['caller', [], [['x'], [], []]],
    ['allExcept', [['bob']], [['x'], ['x'], []]],
    ['connection', ['bob'], [[], [], ['x']]],
    ['connection', ['nobody'], [[], [], []]],
    ['connections', [['bob', 'ada', 'nobody']], [['x'], [], ['x']]],
    ['connections', [['bob', 'bob']], [[], [], ['x']]],
    ['toUser', ['ada'], [['x'], ['x'], []]],
    ['toUser', ['Ada'], [[], [], []]],
    ['users', [['ada', 'bob']], [['x'], ['x'], ['x']]],
    ['users', [['ada', 'ada']], [['x'], ['x'], []]],
  ] as const)('by %s(%j)', async (name, args, expected) => {
    const { ada, ada2, bob, adaId, bobId } = await three()
    const isOfConnections = name === 'allExcept' || name.startsWith('connection')
    const known: Readonly<Record<string, string>> = { ada: adaId, bob: bobId }
    const idOf = (one: string) => (isOfConnections ? (known[one] ?? one) : one)
    const own = args.map((arg) => (typeof arg === 'string' ? idOf(arg) : arg.map(idOf)))
    ada.call(undefined, name, ...own, 'x')
    expect(await heard(ada, ada2, bob)).toEqual(expected)
  })

  test('by their user, but for one connection', async () => {
    const { ada, ada2, bob, adaId } = await three()
    ada.call(undefined, 'userExcept', 'ada', adaId, 'x')
    expect(await heard(ada, ada2, bob)).toEqual([[], ['x'], []])
  })

  test('by their group, as long as they are members', async () => {
    const { ada, ada2, bob, bobId, hub } = await three()
    expect(await bob.ask('join', 'g')).toEqual(result('ask', true))
    expect(await bob.ask('join', 'g')).toEqual(result('ask', true))
    expect(await ada.ask('join', 'g')).toEqual(result('ask', true))
    ada.call(undefined, 'group', 'g', 'x')
    ada.call(undefined, 'othersInGroup', 'g', 'y')
    ada.call(undefined, 'group', 'G', 'z')
    expect(await heard(ada, ada2, bob)).toEqual([['x'], [], ['x', 'y']])
    expect(hub.groups.count('g')).toBe(2)
    expect(hub.groups.members('g')[0]).toBe(bobId)
    expect(await bob.ask('leave', 'g')).toEqual(result('ask', true))
    expect(await bob.ask('leave', 'g')).toEqual(result('ask', false))
    ada.client.vanish()
    expect(hub.groups.count('g')).toBe(0)
  })

  test('twice who is in two groups of several', async () => {
    const { ada, ada2, bob } = await three()
    for (const group of ['a', 'b']) await ada.ask('join', group)
    await bob.ask('join', 'b')
    ada2.call(undefined, 'groups', ['a', 'b'], 'x')
    expect(await heard(ada, ada2, bob)).toEqual([['x', 'x'], [], ['x']])
  })

  test('from outside of calls', async () => {
    const { ada, ada2, bob, hub, bobId, adaId } = await three()
    expect(hub.clients.all.send('said', '1')).toMatchObject({ local: 3 })
    expect(hub.clients.allExcept(bobId).send('said', '2')).toMatchObject({ local: 2 })
    expect(hub.clients.connection(bobId).send('said', '3')).toMatchObject({ local: 1 })
    expect(hub.clients.connection('nobody').send('said', '4')).toMatchObject({ local: 0 })
    expect(hub.clients.connections([adaId, bobId]).send('said', '5')).toMatchObject({ local: 2 })
    expect(hub.clients.user('ada').send('said', '6')).toMatchObject({ local: 2 })
    expect(await hub.groups.add(bobId, 'g')).toBe(true)
    expect(await hub.groups.add('nobody', 'g')).toBe(false)
    expect(hub.clients.group('g').send('said', '7')).toMatchObject({ local: 1 })
    expect(await hub.groups.remove(bobId, 'g')).toBe(true)
    expect(hub.clients.group('g').send('said', '8')).toMatchObject({ local: 0 })
    expect(await heard(ada, ada2, bob)).toEqual([
      ['1', '2', '5', '6'],
      ['1', '2', '6'],
      ['1', '3', '5', '7'],
    ])
  })

  test('in its place among the answers of a connection', async () => {
    const { ada } = await three()
    ada.call('1', 'all', 'x')
    ada.call('2', 'caller', 'y')
    const records = await ada.take(4)
    expect(records.map(({ type, invocationId }) => invocationId ?? type)).toEqual([1, '1', 1, '2'])
  })

  test('not before their handshake, and not after their end', async () => {
    const { endpoint, hub, connect, clock } = setUp(definition)
    await MemoryClient.connect(endpoint)
    expect(hub.clients.all.send('said', 'x')).toMatchObject({ local: 0 })
    const peer = await connect()
    expect(hub.clients.all.send('said', 'x')).toMatchObject({ local: 1 })
    peer.client.close()
    expect(hub.clients.all.send('said', 'x')).toMatchObject({ local: 0 })
    clock.advance(0)
  })
})

describe('a hub', () => {
  test('shares groups with one of the same name and topics, and with no other', async () => {
    const topics = createTopics({ encodings: ['json', 'messagepack'] })
    const one = setUp(definition, { topics })
    const same = setUp(definition, { topics })
    const other = setUp(definition, { topics, name: 'other' })
    const peers = [await one.connect(), await same.connect(), await other.connect()]
    expect(one.hub.clients.all.send('said', 'x').local).toBe(2)
    for (const peer of peers) await peer.ask('join', 'g')
    expect(other.hub.groups.count('g')).toBe(1)
    expect(one.hub.groups.count('g')).toBe(2)
  })

  test('knows no user where userId returns none', async () => {
    const { connect } = setUp(definition)
    expect(await (await connect('ada')).ask('user')).toEqual(result('ask', null))
  })

  test('lets a connection be in as many groups as maxGroups says', async () => {
    const peer = await setUp(definition, { maxGroups: 2 }).connect()
    for (const group of ['a', 'b', 'b']) {
      expect(await peer.ask('join', group)).toEqual(result('ask', true))
    }
    expect(await peer.ask('join', 'c')).toEqual(
      failure(
        'ask',
        "An unexpected error occurred invoking 'join' on the server. HubException: A connection may be in 2 groups (maxGroups).",
      ),
    )
    await peer.ask('leave', 'a')
    expect(await peer.ask('join', 'c')).toEqual(result('ask', true))
  })

  test('takes names of 1 to 200 bytes', async () => {
    const { hub, connect } = setUp(definition)
    const peer = await connect()
    expect(await peer.ask('join', 'é'.repeat(100))).toEqual(result('ask', true))
    for (const name of ['', 'é'.repeat(101), 'a\n', '\ud800']) {
      expect(await peer.ask('join', name)).toHaveProperty('error')
      expect(() => hub.clients.group(name)).toThrow(
        'group must be a string of 1 to 200 bytes of UTF-8, without control characters, got',
      )
      expect(() => hub.clients.user(name)).toThrow('user must be a string')
    }
  })

  test('ends a connection whose user has no such name', async () => {
    const { endpoint, errors } = setUp(definition, { userId: () => 'a'.repeat(201) })
    const client = await MemoryClient.connect(endpoint)
    client.send('{"protocol":"json","version":1}\u001e')
    expect(client.closeFrame?.code).toBe(1011)
    expect(String(errors[0])).toContain('userId must be a string of 1 to 200 bytes')
  })
})
