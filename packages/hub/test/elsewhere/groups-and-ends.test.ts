import { OptionError } from '@wirebeat/core'
import { AskError, createTopics } from '@wirebeat/topics'
import { describe, expect, test } from 'vitest'
import { HubError } from '../../src/errors/hub-error.ts'
import { messagepack } from '../../src/protocol/messagepack/messagepack-encoding.ts'
import { define, method, setUp } from '../support/one-hub.ts'
import { failure, result } from '../support/peer.ts'
import { fateOf, type Server, severalServers } from '../support/several-servers.ts'

async function three() {
  const world = await severalServers(3, { maxGroups: 2 })
  const [one, two, three] = world.servers as [Server, Server, Server]
  /** What becomes of a promise, when all has happened that can. */
  const outcome = async <Value>(promise: Promise<Value>) => {
    const fate = fateOf(promise)
    await world.settle()
    return fate
  }
  return { ...world, one, two, three, outcome }
}

describe('a connection of another server', () => {
  test('is made a member of a group, and no longer', async () => {
    const { one, two, outcome, settle } = await three()
    const bob = await two.person()
    const { groups, clients } = one.hub
    expect(await outcome(groups.add(bob.id, 'g'))).toMatchObject({ value: true })
    expect(await outcome(groups.add(bob.id, 'g'))).toMatchObject({ value: true })
    await settle()
    clients.group('g').send('said', 'x')
    await settle()
    expect(two.hub.groups.members('g')).toEqual([bob.id])
    expect(groups.members('g')).toEqual([])
    expect(await outcome(groups.remove(bob.id, 'g'))).toMatchObject({ value: true })
    expect(await outcome(groups.remove(bob.id, 'g'))).toMatchObject({ value: false })
    clients.group('g').send('said', 'y')
    await settle()
    expect(bob.heard).toEqual(['x'])
  })

  test('is in no more groups than its server allows', async () => {
    const { one, two, outcome } = await three()
    const bob = await two.person()
    const { groups } = one.hub
    for (const group of ['a', 'b']) await outcome(groups.add(bob.id, group))
    expect((await outcome(groups.add(bob.id, 'c'))).error).toEqual(
      new HubError('A connection may be in 2 groups (maxGroups).'),
    )
    expect((await outcome(groups.add(bob.id, '\n'))).error).toBeInstanceOf(OptionError)
    // Nobody was asked for the wrong name.
    expect(one.topics.stats().asked).toBe(2 + 3)
  })

  test('is in no group where it is known nowhere, has ended, or its server has', async () => {
    const { one, two, three: third, outcome, settle } = await three()
    const [bob, eve] = [await two.person(), await third.person()]
    const { groups } = one.hub
    for (const { id } of [bob, eve]) await outcome(groups.add(id, 'a'))
    bob.leave()
    await Promise.all([third.topics.close(), settle()])
    for (const id of [bob.id, eve.id, 'nobody']) {
      expect(await outcome(groups.add(id, 'b'))).toMatchObject({ isKnown: true, value: false })
      expect(await outcome(groups.remove(id, 'a'))).toMatchObject({ isKnown: true, value: false })
    }
  })

  test('cannot be made a member while nobody knows where it is', async () => {
    const { one, two, outcome, pass } = await three()
    const bob = await two.person()
    one.backplane.silence()
    const silent = fateOf(one.hub.groups.add(bob.id, 'g'))
    await pass(5_000)
    expect(silent.error).toMatchObject({ reason: 'timeout' })
    one.backplane.cut()
    const { error } = await outcome(one.hub.groups.add(bob.id, 'g'))
    expect(error).toEqual(
      new AskError('down', 'The backplane is down, so that other servers cannot be asked.'),
    )
    expect(two.hub.groups.count('g')).toBe(0)
  })

  test('is ended', async () => {
    const { one, two, outcome, settle } = await three()
    const [bob, eve] = [await two.person(), await two.person('', messagepack())]
    const { hub } = one
    expect(await outcome(hub.disconnect({ connection: bob.id }))).toMatchObject({ value: 1 })
    expect(await outcome(hub.disconnect({ connection: bob.id }))).toMatchObject({ value: 0 })
    expect(await outcome(hub.disconnect({ connection: 'nobody' }))).toMatchObject({ value: 0 })
    await settle()
    expect([bob, eve].map(({ isThere }) => isThere)).toEqual([false, true])
    const again = hub.disconnect({ connection: eve.id }, { allowReconnect: true })
    expect(await outcome(again)).toMatchObject({ value: 1 })
    expect([bob, eve].map(({ farewell }) => farewell?.allowReconnect)).toEqual([false, true])
  })
})

describe('a user', () => {
  test('is disconnected on all servers', async () => {
    const { one, two, three: third, outcome, settle } = await three()
    const adas = [
      await one.person('ada'),
      await two.person('ada'),
      await two.person('ada', messagepack()),
      await third.person('ada'),
    ]
    const bob = await third.person('bob')
    expect(await outcome(one.hub.disconnect({ user: 'ada' }))).toMatchObject({ value: 4 })
    await settle()
    expect(adas.map(({ isThere }) => isThere)).toEqual([false, false, false, false])
    expect(bob.isThere).toBe(true)
    expect(await outcome(one.hub.disconnect({ user: 'ada' }))).toMatchObject({ value: 0 })
  })

  test('is disconnected where it can be, and who asked is told what could not', async () => {
    const { one, two, three: third, outcome, settle, pass } = await three()
    const [here, there, deaf] = [
      await one.person('ada'),
      await two.person('ada'),
      await third.person('ada'),
    ]
    third.backplane.fate = () => 0
    const ended = fateOf(one.hub.disconnect({ user: 'ada' }))
    await settle()
    expect([here, there, deaf].map(({ isThere }) => isThere)).toEqual([false, false, true])
    await pass(5_000)
    expect(ended.error).toMatchObject({ name: 'AskError', reason: 'timeout' })
    one.backplane.cut()
    const again = await one.person('ada')
    const down = await outcome(one.hub.disconnect({ user: 'ada' }))
    expect(down.error).toMatchObject({ name: 'AskError', reason: 'down' })
    expect(again.isThere).toBe(false)
  })
})

describe('hubs of one name on the topics of one server', () => {
  const definition = define({
    askOther: method([], () => 'unused'),
  })

  test('have their connections in common', async () => {
    const topics = createTopics({ encodings: ['json', 'messagepack'] })
    const one = setUp(definition, { topics })
    const same = setUp(definition, { topics })
    const peer = await same.connect('ada')
    const id = [...same.endpoint.connections].at(-1)?.id ?? ''
    const sent = one.hub.clients.connection(id).send('said', 'x')
    expect(sent).toMatchObject({ local: 1, relay: 'none' })
    expect(await sent.confirmed()).toBe(true)
    await peer.next()
    const answer = one.hub.clients.connection(id).invoke('ask', { timeout: 1_000 }, 'why?')
    const question = await peer.next()
    peer.say(result(String(question['invocationId']), 'because'))
    expect(await answer).toBe('because')
    const failed = one.hub.clients.connection(id).invoke('ask', { timeout: 1_000 }, 'why?')
    peer.say(failure(String((await peer.next())['invocationId']), 'nobody knows'))
    await expect(failed).rejects.toThrow('nobody knows')
    expect(await one.hub.groups.add(id, 'g')).toBe(true)
    expect(await one.hub.disconnect({ connection: id })).toBe(1)
  })

  test('answer others until the last of them is closed', async () => {
    const { clock, broker, servers, settle } = await severalServers(1)
    const [one] = servers as [Server]
    const backplane = broker.backplane()
    const topics = createTopics({ backplane, clock, encodings: ['json', 'messagepack'] })
    const [first, second] = [setUp(definition, { topics }), setUp(definition, { topics })]
    await first.connect()
    await settle()
    const id = [...first.endpoint.connections].at(-1)?.id ?? ''
    await second.hub.close()
    await second.hub.close()
    const add = fateOf(one.hub.groups.add(id, 'g'))
    await settle()
    expect(add.value).toBe(true)
    await first.hub.close()
    const late = fateOf(one.hub.groups.add(id, 'g'))
    await settle()
    expect(late).toMatchObject({ isKnown: true, value: false })
    // A hub of this name may come again.
    setUp(definition, { topics })
  })
})
