import { createBroker } from '@wirebeat/topics/testing'
import { describe, expect, test } from 'vitest'
import { jsonEncoding } from '../../src/protocol/json/json-encoding.ts'
import { messagepack } from '../../src/protocol/messagepack/messagepack-encoding.ts'
import { type Server, severalServers } from '../support/several-servers.ts'

async function three() {
  const world = await severalServers(3)
  const [one, two, three] = world.servers as [Server, Server, Server]
  return { ...world, one, two, three }
}

describe('a connection of another server', () => {
  test.each([jsonEncoding, messagepack()])(
    'is told something in its encoding, $name',
    async (encoding) => {
      const { one, two, settle } = await three()
      const bob = await two.person('bob', encoding)
      const sent = one.hub.clients.connection(bob.id).send('said', 'hello')
      expect(sent).toMatchObject({ local: 0, relay: 'handed-over' })
      await settle()
      expect(bob.heard).toEqual(['hello'])
      expect(await sent.confirmed()).toBe(true)
    },
  )

  test('is told things in their order, though it is looked for first', async () => {
    const { one, two, settle } = await three()
    const [ada, bob] = [await two.person(), await two.person('', messagepack())]
    const { clients } = one.hub
    clients.connection(ada.id).send('said', '1')
    await settle()
    // One of them is known now, the other is not.
    clients.connections([bob.id, ada.id]).send('said', '2')
    clients.connection(ada.id).send('said', '3')
    clients.connection(bob.id).send('said', '3')
    clients.connections([ada.id, bob.id]).send('said', '4')
    await settle()
    clients.connection(bob.id).send('said', '5')
    await settle()
    expect(ada.heard).toEqual(['1', '2', '3', '4'])
    expect(bob.heard).toEqual(['2', '3', '4', '5'])
  })

  test('is told things in their order, whether it is told alone or with others', async () => {
    const { one, two, settle } = await three()
    const ada = await two.person()
    const { clients } = one.hub
    clients.connection(ada.id).send('said', '1')
    await settle()
    clients.all.send('said', '2')
    clients.connection(ada.id).send('said', '3')
    clients.all.send('said', '4')
    clients.connection(ada.id).send('said', '5')
    await settle()
    expect(ada.heard).toEqual(['1', '2', '3', '4', '5'])
  })

  test('is looked for once, and on all servers', async () => {
    const { one, two, settle } = await three()
    const bob = await two.person()
    for (let count = 0; count < 10; count++) {
      one.hub.clients.connection(bob.id).send('said', String(count))
    }
    await settle()
    expect(bob.heard).toHaveLength(10)
    // Two servers were asked where it is, and one was told ten times.
    expect(one.topics.stats().asked).toBe(12)
  })

  test('is told something with others, in one message for each server and encoding', async () => {
    const { one, two, three: third, settle } = await three()
    const here = await one.person()
    const people = [
      await two.person(),
      await two.person(),
      await two.person('', messagepack()),
      await third.person('', messagepack()),
      await third.person(),
    ]
    const ids = [here, ...people].map(({ id }) => id)
    const sent = one.hub.clients.connections(ids).send('said', 'x')
    expect(sent).toMatchObject({ local: 1, relay: 'handed-over' })
    await settle()
    expect(await sent.confirmed()).toBe(true)
    for (const person of [here, ...people]) expect(person.heard).toEqual(['x'])
    expect(one.topics.stats().asked).toBe(2 + 4)
    const some = one.hub.clients.connections([...ids, 'nobody']).send('said', 'y')
    await settle()
    expect(await some.confirmed()).toBe(false)
    for (const person of [here, ...people]) expect(person.heard).toEqual(['x', 'y'])
  })

  test('is told something by a call', async () => {
    const { one, two, settle } = await three()
    const [ada, bob] = [await one.person(), await two.person()]
    ada.call('tell', bob.id, 'hello')
    await settle()
    expect(bob.heard).toEqual(['hello'])
  })

  test('hears what all, others, users and groups are told, unless it is an exception', async () => {
    const { one, two, settle } = await three()
    const [ada, bob, eve] = [
      await one.person('ada'),
      await two.person('bob', messagepack()),
      await two.person('eve'),
    ]
    const { clients, groups } = one.hub
    expect(await Promise.all([settle(), groups.add(bob.id, 'g')])).toContain(true)
    await settle()
    clients.all.send('said', 'all')
    clients.allExcept([eve.id, ada.id]).send('said', 'not eve')
    clients.user('bob').send('said', 'user')
    clients.user(['bob', 'eve'], { except: bob.id }).send('said', 'users')
    clients.group('g').send('said', 'group')
    clients.group('g', { except: [bob.id] }).send('said', 'empty')
    ada.call('tellOthers', 'others')
    await settle()
    expect(ada.heard).toEqual(['all'])
    expect(bob.heard.toSorted()).toEqual(['all', 'group', 'not eve', 'others', 'user'])
    expect(eve.heard.toSorted()).toEqual(['all', 'others', 'users'])
  })
})

describe('what cannot be sent says so', () => {
  test('for a connection that is known nowhere, and for what is no id', async () => {
    const { one, settle, clock } = await three()
    const pending = clock.pending
    for (const id of ['nobody', '', 'a b', 'x'.repeat(100_000)]) {
      const sent = one.hub.clients.connection(id).send('said', 'x')
      await settle()
      expect(await sent.confirmed()).toBe(false)
    }
    expect(clock.pending).toBe(pending)
    // Nobody is asked about what no endpoint makes.
    expect(one.topics.stats().asked).toBe(2)
  })

  test('for a connection that has ended, though its place was known', async () => {
    const { one, two, settle } = await three()
    const bob = await two.person()
    const bobs = one.hub.clients.connection(bob.id)
    bobs.send('said', 'x')
    await settle()
    bob.leave()
    const late = bobs.send('said', 'y')
    await settle()
    expect(await late.confirmed()).toBe(false)
    const later = bobs.send('said', 'z')
    await settle()
    expect(await later.confirmed()).toBe(false)
    expect(bob.heard).toEqual(['x'])
  })

  test('while the backplane is down, and without other servers', async () => {
    const { one, two, settle } = await three()
    const bob = await two.person()
    one.backplane.cut()
    const down = one.hub.clients.connection(bob.id).send('said', 'x')
    expect(down.relay).toBe('down')
    expect(await down.confirmed()).toBe(false)
    const [alone] = (await severalServers(1)).servers as [Server]
    const nobody = alone.hub.clients.connection(bob.id).send('said', 'x')
    expect(nobody.relay).toBe('none')
    expect(await nobody.confirmed()).toBe(false)
    await settle()
  })

  test('when the broker is silent, in five seconds', async () => {
    const { one, two, settle, pass } = await three()
    const bob = await two.person()
    one.backplane.silence()
    const sent = one.hub.clients.connection(bob.id).send('said', 'x')
    await pass(5_000)
    expect(await sent.confirmed()).toBe(false)
    one.backplane.resume()
    await settle()
    expect(bob.heard).toEqual([])
  })

  test('when it is larger than the backplane takes, before anybody gets it', async () => {
    const { servers, settle } = await severalServers(2, {}, createBroker({ maxPayload: 2_048 }))
    const [one, two] = servers as [Server, Server]
    const [ada, bob] = [await one.person(), await two.person()]
    const both = one.hub.clients.connections([ada.id, bob.id])
    const tooMuch = 'x'.repeat(1_500)
    expect(() => both.send('said', tooMuch)).toThrow(RangeError)
    expect(() => both.send('said', tooMuch)).toThrow(
      'A message to a connection of another server must have at most 1,121 bytes, which is what the backplane takes, got 1,544.',
    )
    const sent = both.send('said', 'x'.repeat(1_000))
    await settle()
    expect(await sent.confirmed()).toBe(true)
    expect([ada, bob].map(({ heard }) => heard.length)).toEqual([1, 1])
  })

  test('when its arguments cannot be written', async () => {
    const { one, two } = await three()
    const bob = await two.person()
    const bobs = one.hub.clients.connection(bob.id)
    expect(() => bobs.send('said', 1n as never)).toThrow('bigint')
  })
})
