import { describe, expect, test } from 'vitest'
import { UnreadableError } from '../../src/index.ts'
import { createTopics } from '../../src/topics.ts'
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

  test('goes on when an answerer that has ended is ended again', async () => {
    const { one, two, settle } = await twoServers()
    const answerer = () => HELLO
    const end = two.topics.answer('greet', answerer)
    end()
    const endSecond = two.topics.answer('greet', answerer)
    end()
    const ask = async () => {
      const answer = one.topics.ask(two.topics.server, 'greet', HELLO, { timeout: 1_000 })
      answer.catch(() => {})
      await settle()
      return answer
    }
    expect(await ask()).toEqual(HELLO)
    endSecond()
    await expect(ask()).rejects.toMatchObject({ reason: 'unknown-operation' })
  })

  test('is answered once, though it comes twice', async () => {
    const { one, two, settle } = await twoServers()
    let count = 0
    two.topics.answer('count', () => Uint8Array.of(++count))
    two.backplane.fate = () => 2
    const answers = [0, 0].map(() =>
      one.topics.ask(two.topics.server, 'count', HELLO, { timeout: 1_000 }),
    )
    await settle()
    expect(await Promise.all(answers)).toEqual([Uint8Array.of(1), Uint8Array.of(2)])
    expect(two.topics.stats()).toMatchObject({ answers: 2, stale: 2 })
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

  test('takes as much as the backplane does', async () => {
    const { one, two, settle } = await twoServers()
    const { maxQuestion } = one.topics
    two.topics.answer('double', (data) => new Uint8Array(2 * data.length))
    const ask = async (bytes: number) => {
      const data = new Uint8Array(bytes)
      const answer = one.topics.ask(two.topics.server, 'double', data, { timeout: 60_000 })
      answer.catch(() => {})
      await settle()
      return answer
    }
    expect(await ask(maxQuestion / 2)).toHaveLength(2 * Math.floor(maxQuestion / 2))
    const most = maxQuestion.toLocaleString('en-US')
    await expect(ask(maxQuestion)).rejects.toMatchObject({
      reason: 'failed',
      message: expect.stringContaining(`The data of the answer must have at most ${most} bytes`),
    })
    await expect(ask(maxQuestion + 1)).rejects.toThrow(RangeError)
    await expect(ask(maxQuestion + 1)).rejects.toThrow(
      `The data of the question must have at most ${most} bytes, which is what the backplane takes, got`,
    )
    expect(one.topics.stats()).toMatchObject({ asked: 2, answers: 0 })
    expect(two.topics.stats()).toMatchObject({ asked: 0, answers: 2 })
  })

  test('takes less when the broker does, which the backplane learns in its start', async () => {
    const { broker, clock, two, settle } = await twoServers()
    const backplane = broker.backplane()
    const { start } = backplane
    backplane.start = async (listener) => {
      await start.call(backplane, listener)
      Object.assign(backplane, { maxPayload: 2_048 })
    }
    const topics = createTopics({ backplane, clock })
    await settle()
    expect(topics.maxQuestion).toBeLessThan(2_048)
    const data = new Uint8Array(topics.maxQuestion + 1)
    await expect(topics.ask(two.topics.server, 'echo', data, { timeout: 60_000 })).rejects.toThrow(
      RangeError,
    )
    topics.answer('double', (question) => new Uint8Array(2 * question.length))
    const answer = two.topics.ask(topics.server, 'double', data, { timeout: 60_000 })
    await settle()
    await expect(answer).rejects.toMatchObject({
      reason: 'failed',
      message: expect.stringContaining('The data of the answer must have at most 1,'),
    })
  })

  test('fails at once when the backplane does not take the answer', async () => {
    const { one, two, settle } = await twoServers()
    two.topics.answer('much', () => new Uint8Array(2_000))
    const { publish } = two.backplane
    two.backplane.publish = async (messages) => {
      if (messages.some(({ payload }) => payload.length > 2_000)) throw new Error('No room.')
      await publish.call(two.backplane, messages)
    }
    const answer = one.topics.ask(two.topics.server, 'much', HELLO, { timeout: 60_000 })
    await settle()
    await expect(answer).rejects.toMatchObject({
      reason: 'failed',
      message: 'The backplane did not take the answer to "much".',
    })
  })

  test('fails where somebody answers with something else, or cannot read it', async () => {
    const { one, two, settle } = await twoServers()
    two.topics.answer('number', () => 5 as never)
    two.topics.answer('broken', () => {
      throw new UnreadableError(`It is broken.${'!'.repeat(10_000)}`)
    })
    const number = one.topics.ask(two.topics.server, 'number', HELLO, { timeout: 60_000 })
    const broken = one.topics.ask(two.topics.server, 'broken', HELLO, { timeout: 60_000 })
    await settle()
    await expect(number).rejects.toMatchObject({
      reason: 'failed',
      message: 'The answer to "number" must be a Uint8Array or an ArrayBuffer, got 5.',
    })
    const reason: unknown = await broken.catch(({ message }) => message)
    expect(reason).toMatch(/^It is broken\.!+$/)
    expect(reason).toHaveLength(500)
    expect(two.topics.stats().unreadable).toBe(1)
    expect(two.unreadable).toHaveLength(1)
  })

  test('fails at once when too much waits for a broker that is silent', async () => {
    const { one, two } = await twoServers()
    one.backplane.silence()
    const data = new Uint8Array(one.topics.maxQuestion)
    const ask = () => one.topics.ask(two.topics.server, 'wait', data, { timeout: 60_000 })
    for (let count = 0; count < 16; count++) ask().catch(() => {})
    await expect(ask()).rejects.toMatchObject({ reason: 'down' })
    one.backplane.resume()
    await one.topics.close()
  })
})

test('no server is gone while this one cannot say that it is there', async () => {
  const { one, two, clock } = await twoServers()
  const others = [two.topics.server]
  expect(one.topics.servers).toEqual(others)
  // The part of the broker that has the channel of all servers is away.
  for (const { backplane } of [one, two]) backplane.refused.add('servers')
  await pass(clock, 120_000)
  expect(one.topics.servers).toEqual(others)
  one.backplane.refused.clear()
  await pass(clock, 20_000)
  expect(one.topics.servers).toEqual([])
})
