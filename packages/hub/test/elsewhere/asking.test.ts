import { createBroker } from '@wirebeat/topics/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ClientResultError } from '../../src/errors/client-result-error.ts'
import { HubError } from '../../src/errors/hub-error.ts'
import { jsonEncoding } from '../../src/protocol/json/json-encoding.ts'
import { messagepack } from '../../src/protocol/messagepack/messagepack-encoding.ts'
import { fateOf, type Person, type Server, severalServers } from '../support/several-servers.ts'

const LONG = { timeout: 60_000 }

async function three() {
  const world = await severalServers(3)
  const [one, two, three] = world.servers as [Server, Server, Server]
  const ask = (person: Pick<Person, 'id'>, options: object = {}) =>
    fateOf(one.hub.clients.connection(person.id).invoke('ask', { ...LONG, ...options }, 'why?'))
  return { ...world, one, two, three, ask }
}

describe('a client of another server', () => {
  test.each([jsonEncoding, messagepack()])('answers in its encoding, $name', async (encoding) => {
    const { two, ask, settle, clock } = await three()
    const bob = await two.person('bob', encoding)
    const pending = clock.pending
    const values = ['because', null, { a: [1, 'é', true] }, 'x'.repeat(1_000)]
    if (encoding.format === 'binary') values.push(Uint8Array.of(1, 2) as never)
    for (const value of values) {
      const answer = ask(bob)
      await settle()
      expect(bob.questions).toMatchObject([{ target: 'ask', args: ['why?'] }])
      bob.answer(value)
      await settle()
      expect(answer).toEqual({ isKnown: true, value, error: undefined })
    }
    expect(clock.pending).toBe(pending)
  })

  test('answers a call, which holds up no others meanwhile', async () => {
    const { one, two, settle } = await three()
    const [ada, bob] = [await one.person(), await two.person()]
    ada.call('askOther', bob.id)
    ada.call('tell', bob.id, 'hello')
    await settle()
    expect(bob.heard).toEqual(['hello'])
    // It may call before it answers.
    bob.call('tell', ada.id, 'wait')
    await settle()
    expect(ada.heard).toEqual(['wait'])
    bob.answer('because')
    await settle()
    expect(ada.answers.at(-1)).toMatchObject({ id: 'askOther', result: 'because' })
  })

  test('is not told by the id of a question which server asks', async () => {
    const { one, two, ask, settle } = await three()
    const bob = await two.person()
    ask(bob)
    ask(bob)
    await settle()
    const [first, second] = bob.questions.map(({ id }) => id)
    expect(first).toMatch(/^r[0-9a-f]{32}$/)
    expect(first?.slice(0, 8)).not.toBe(second?.slice(0, 8))
    expect(first).not.toContain(one.topics.server.split(':')[1])
  })

  test('may fail, answer nothing, or answer what does not fit', async () => {
    const { two, ask, settle } = await three()
    const bob = await two.person()
    const [failed, nothing] = [ask(bob), ask(bob)]
    const wrong = ask(bob, { answer: z.string() })
    await settle()
    bob.fail('nobody knows')
    bob.answerWithout()
    bob.answer(5)
    await settle()
    expect(failed.error).toEqual(new HubError('nobody knows'))
    expect(nothing.error).toEqual(new HubError('The client has answered without a result.'))
    expect(wrong.error).toBeInstanceOf(HubError)
    expect(String(wrong.error)).toContain("The client's answer does not fit.")
  })

  test('is waited for until the time is up, here and there', async () => {
    const { two, ask, settle, pass, clock } = await three()
    const bob = await two.person()
    const pending = clock.pending
    const answer = ask(bob, { timeout: 1_000 })
    await settle()
    await pass(999)
    expect(answer.isKnown).toBe(false)
    await pass(1)
    expect(answer.error).toEqual(
      new ClientResultError('timeout', 'The client has not answered ask within 1000 ms.'),
    )
    expect(clock.pending).toBe(pending)
    bob.answer('late')
    await settle()
    expect(bob.isThere).toBe(true)
  })

  test('is not waited for once the signal is aborted, on neither server', async () => {
    const { two, ask, settle, clock } = await three()
    const bob = await two.person()
    const controller = new AbortController()
    const { signal } = controller
    const pending = clock.pending
    const answer = ask(bob, { signal })
    await settle()
    expect(clock.pending).toBeGreaterThan(pending)
    controller.abort(new Error('enough'))
    await settle()
    expect(answer.error).toEqual(new Error('enough'))
    expect(clock.pending).toBe(pending)
    expect(ask(bob, { signal })).toMatchObject({ isKnown: false })
    await settle()
    expect(bob.questions).toHaveLength(1)
    // An abort while it is looked for.
    const early = new AbortController()
    const looked = ask(await two.person(), { signal: early.signal })
    early.abort(new Error('at once'))
    await settle()
    expect(looked.error).toEqual(new Error('at once'))
    expect(clock.pending).toBe(pending)
  })
})

describe('nobody is waited for in vain', () => {
  test('where the connection is known nowhere', async () => {
    const { ask, settle } = await three()
    const answer = ask({ id: 'nobody' })
    await settle()
    expect(answer.error).toEqual(
      new ClientResultError('gone', "Connection 'nobody' does not exist."),
    )
  })

  test('when it leaves before it is asked, and when it leaves without an answer', async () => {
    const { two, ask, settle } = await three()
    const [bob, eve] = [await two.person(), await two.person()]
    const first = ask(bob)
    await settle()
    bob.answer('here')
    await settle()
    expect(first.value).toBe('here')
    // Its place is known, and it is there no longer.
    const [late, asked] = [ask(bob), ask(eve)]
    bob.leave()
    await settle()
    expect(late.error).toEqual(
      new ClientResultError('gone', `Connection '${bob.id}' disconnected.`),
    )
    expect(asked.isKnown).toBe(false)
    eve.leave()
    await settle()
    expect(asked.error).toEqual(
      new ClientResultError('gone', `Connection '${eve.id}' disconnected.`),
    )
    const later = ask(bob)
    await settle()
    expect(String(later.error)).toContain('does not exist')
  })

  test('when its server leaves in order, or is killed', async () => {
    const { two, three: third, ask, settle, pass } = await three()
    const [bob, eve] = [await two.person(), await third.person()]
    const [left, killed] = [ask(bob), ask(eve)]
    await settle()
    expect([bob, eve].map(({ questions }) => questions.length)).toEqual([1, 1])
    await Promise.all([two.topics.close(), settle()])
    await settle()
    const gone = (id: string) =>
      new ClientResultError('gone', `The server of connection '${id}' is gone.`)
    expect(left.error).toEqual(gone(bob.id))
    third.backplane.cut()
    await pass(10_000)
    expect(killed.isKnown).toBe(false)
    await pass(8_000)
    expect(killed.error).toEqual(gone(eve.id))
    // It is known to be gone now.
    const later = [ask(bob), ask(eve)]
    await settle()
    for (const { error } of later) expect(error).toMatchObject({ reason: 'gone' })
  })

  test('when the server that asks is killed: the other one forgets it in time', async () => {
    const { one, two, ask, settle, pass, clock } = await three()
    const bob = await two.person()
    ask(bob, { timeout: 20_000 })
    await settle()
    const { pending } = clock
    one.backplane.cut()
    await pass(20_000)
    expect(clock.pending).toBeLessThan(pending)
    bob.answer('late')
    await settle()
    expect(bob.isThere).toBe(true)
  })

  test('while the backplane is down, and where nobody hears the question', async () => {
    const { one, two, three: third, ask, settle, pass } = await three()
    const bob = await two.person()
    one.backplane.cut()
    const down = ask(bob)
    await settle()
    expect(down.error).toMatchObject({
      reason: 'unreachable',
      message: `Connection '${bob.id}' cannot be asked on another server. The backplane is down, so that other servers cannot be asked.`,
    })
    one.backplane.reconnect()
    await settle()
    // The third server hears nothing, so that nobody knows whether it is there.
    third.backplane.fate = () => 0
    const unknown = ask({ id: 'nobody' })
    await pass(5_000)
    expect(unknown.error).toMatchObject({ reason: 'unreachable', cause: { reason: 'timeout' } })
    // But who is found is found.
    const found = ask(bob)
    await settle()
    bob.answer('here')
    await settle()
    expect(found.value).toBe('here')
  })

  test('while the broker is silent', async () => {
    const { one, two, ask, settle, pass } = await three()
    const bob = await two.person()
    one.backplane.silence()
    const [long, short] = [ask(bob), ask(bob, { timeout: 1_000 })]
    await pass(1_000)
    expect(short.error).toMatchObject({ reason: 'timeout' })
    await pass(4_000)
    expect(long.error).toMatchObject({ reason: 'unreachable', cause: { reason: 'timeout' } })
    one.backplane.resume()
    await settle()
    expect(bob.questions).toEqual([])
  })

  test('when the broker doubles what is sent', async () => {
    const { two, ask, settle } = await three()
    const bob = await two.person()
    two.backplane.fate = () => 2
    const answer = ask(bob)
    await settle()
    expect(bob.questions).toHaveLength(1)
    bob.answer('once')
    await settle()
    expect(answer.value).toBe('once')
  })

  test('with what is larger than the backplane takes', async () => {
    const { servers, settle } = await severalServers(2, {}, createBroker({ maxPayload: 2_048 }))
    const [one, two] = servers as [Server, Server]
    const bob = await two.person()
    const ask = (question: string) =>
      fateOf(one.hub.clients.connection(bob.id).invoke('ask', LONG, question))
    const tooLarge = ask('x'.repeat(1_500))
    await settle()
    expect(tooLarge.error).toBeInstanceOf(RangeError)
    expect(bob.questions).toEqual([])
    const answer = ask('why?')
    await settle()
    bob.answer('x'.repeat(3_000))
    await settle()
    expect(answer.error).toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('The data of the answer must have at most'),
    })
  })
})
