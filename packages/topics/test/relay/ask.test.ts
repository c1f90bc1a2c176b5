import { describe, expect, test } from 'vitest'
import { pass, twoServers } from '../support/several-servers.ts'

const HELLO = new TextEncoder().encode('hello')

describe('servers', () => {
  test('know each other, by name', async () => {
    const { one, two } = await twoServers()
    expect(one.topics.server).toMatch(/^one:[0-9a-f]{16}$/)
    expect(one.topics.servers).toEqual([two.topics.server])
    expect(two.topics.servers).toEqual([one.topics.server])
  })

  test('are gone when they say so, or after 12 seconds without a word', async () => {
    const { one, two, server, settle, clock } = await twoServers()
    const three = server('three')
    await settle()
    expect(one.topics.servers).toHaveLength(2)
    await two.topics.close()
    await settle()
    expect(one.topics.servers).toEqual([three.topics.server])
    three.backplane.cut()
    await pass(clock, 20_000)
    expect(one.topics.servers).toEqual([])
    three.backplane.reconnect()
    await settle()
    expect(one.topics.servers).toEqual([three.topics.server])
  })
})

describe('ask', () => {
  test('has another server answer', async () => {
    const { one, two, settle } = await twoServers()
    two.topics.answer('reverse', (data, server) => {
      expect(server).toBe(one.topics.server)
      return data.toReversed()
    })
    const answer = one.topics.ask(two.topics.server, 'reverse', HELLO, { timeout: 1_000 })
    await settle()
    expect(await answer).toEqual(HELLO.toReversed())
  })

  test('fails as the answer has failed there', async () => {
    const { one, two, settle } = await twoServers()
    two.topics.answer('fail', async () => {
      throw new Error('The shelf is empty.')
    })
    const answer = one.topics.ask(two.topics.server, 'fail', HELLO, { timeout: 1_000 })
    await settle()
    await expect(answer).rejects.toMatchObject({ reason: 'failed', message: 'The shelf is empty.' })
  })

  test('fails at once for an operation that nobody answers, and a server that is not there', async () => {
    const { one, two, settle } = await twoServers()
    const unknown = one.topics.ask(two.topics.server, 'nothing', HELLO, { timeout: 60_000 })
    await settle()
    await expect(unknown).rejects.toMatchObject({ reason: 'unknown-operation' })
    const gone = one.topics.ask('nobody:0', 'nothing', HELLO, { timeout: 60_000 })
    await expect(gone).rejects.toMatchObject({ reason: 'server-gone' })
  })

  test('fails as soon as the server has gone', async () => {
    const { one, two, settle } = await twoServers()
    two.topics.answer('wait', () => new Promise(() => {}))
    const answer = one.topics.ask(two.topics.server, 'wait', HELLO, { timeout: 60_000 })
    await settle()
    await two.topics.close()
    await settle()
    await expect(answer).rejects.toMatchObject({ reason: 'server-gone' })
  })

  test('fails after its time limit', async () => {
    const { one, two, settle, clock } = await twoServers()
    two.topics.answer('wait', () => new Promise(() => {}))
    const answer = one.topics.ask(two.topics.server, 'wait', HELLO, { timeout: 1_000 })
    await settle()
    clock.advance(1_000)
    await expect(answer).rejects.toMatchObject({
      reason: 'timeout',
      message: '"wait" was not answered within 1000 ms.',
    })
  })

  test('fails while the backplane is down, and when the topics are closed', async () => {
    const { one, two, settle } = await twoServers()
    two.topics.answer('wait', () => new Promise(() => {}))
    const waiting = one.topics.ask(two.topics.server, 'wait', HELLO, { timeout: 60_000 })
    await settle()
    one.backplane.cut()
    const down = one.topics.ask(two.topics.server, 'wait', HELLO, { timeout: 60_000 })
    await expect(down).rejects.toMatchObject({ reason: 'down' })
    await one.topics.close()
    await expect(waiting).rejects.toMatchObject({ reason: 'down' })
  })
})
