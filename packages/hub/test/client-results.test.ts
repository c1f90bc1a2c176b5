import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ClientResultError } from '../src/errors/client-result-error.ts'
import { HubError } from '../src/errors/hub-error.ts'
import { define, method, setUp } from './support/one-hub.ts'
import { failure, invocation, result, type WireRecord } from './support/peer.ts'

const definition = define({
  ask: method([z.string()], (call, question) =>
    call.clients.caller.invoke('ask', { timeout: 1_000 }, question),
  ),
  askOther: method([z.string()], (call, id) =>
    call.clients.connection(id).invoke('ask', { timeout: 1_000 }, 'why?'),
  ),
  both: method([], (call) =>
    Promise.all([
      call.clients.caller.invoke('ask', { timeout: 1_000 }, 'a'),
      call.clients.caller.invoke('ask', { timeout: 1_000 }, 'b'),
    ]),
  ),
})

const idOf = (record: WireRecord) => String(record['invocationId'])

async function two() {
  const world = setUp(definition)
  const peers = [await world.connect('ada'), await world.connect('bob')] as const
  const [ada = '', bob = ''] = [...world.endpoint.connections].map(({ id }) => id)
  return { ...world, peers, ids: [ada, bob] as const }
}

describe('the answer of a client', () => {
  test('is what a method waits for', async () => {
    const peer = await setUp(definition).connect()
    peer.call('1', 'ask', 'why?')
    const question = await peer.next()
    expect(question).toEqual(invocation(idOf(question), 'ask', 'why?'))
    peer.say(result(idOf(question), 'because'))
    expect(await peer.next()).toEqual(result('1', 'because'))
  })

  test('may be that of another client', async () => {
    const { peers, ids } = await two()
    peers[0].call('1', 'askOther', ids[1])
    peers[1].say(result(idOf(await peers[1].next()), 'because'))
    expect(await peers[0].next()).toEqual(result('1', 'because'))
  })

  test('may be waited for from outside', async () => {
    const { hub, peers, ids } = await two()
    const answer = hub.clients.connection(ids[1]).invoke('ask', { timeout: 1_000 }, 'why?')
    peers[1].say(result(idOf(await peers[1].next()), 'because'))
    expect(await answer).toBe('because')
  })

  test('may be one of several that a call waits for', async () => {
    const peer = await setUp(definition).connect()
    peer.call('1', 'both')
    const [a, b] = await peer.take(2)
    peer.say(result(idOf(b ?? {}), 'B'))
    peer.say(result(idOf(a ?? {}), 'A'))
    expect(await peer.next()).toEqual(result('1', ['A', 'B']))
    expect(await peer.settled()).toEqual([])
  })

  test('may be an error, which another client may learn of', async () => {
    const peer = await setUp(definition).connect()
    const text = "An unexpected error occurred invoking 'ask' on the server. HubException: "
    peer.call('1', 'ask', 'why?')
    peer.say(failure(idOf(await peer.next()), 'nobody knows'))
    expect(await peer.next()).toEqual(failure('1', `${text}nobody knows`))
    peer.call('2', 'ask', 'why?')
    peer.say({ type: 3, invocationId: idOf(await peer.next()) })
    expect(await peer.next()).toEqual(
      failure('2', `${text}The client has answered without a result.`),
    )
  })

  test('is waited for until the time is up, and is ignored after that', async () => {
    const { hub, peers, ids, clock } = await two()
    const answer = hub.clients.connection(ids[0]).invoke('ask', { timeout: 1_000 }, 'why?')
    const question = await peers[0].next()
    clock.advance(999)
    clock.advance(1)
    await expect(answer).rejects.toThrow(
      new ClientResultError('timeout', 'The client has not answered ask within 1000 ms.'),
    )
    peers[0].say(result(idOf(question), 'late'))
    expect(await peers[0].settled()).toEqual([])
  })

  test('is not waited for once the signal is aborted', async () => {
    const { hub, peers, ids, clock } = await two()
    const controller = new AbortController()
    const { signal } = controller
    const one = hub.clients.connection(ids[0])
    const answer = one.invoke('ask', { timeout: 1_000, signal }, 'why?')
    await peers[0].next()
    const pending = clock.pending
    controller.abort(new Error('enough'))
    await expect(answer).rejects.toThrow('enough')
    expect(clock.pending).toBe(pending - 1)
    await expect(one.invoke('ask', { timeout: 1_000, signal }, 'why?')).rejects.toThrow('enough')
    expect(await peers[0].settled()).toEqual([])
  })

  test('is not waited for when its connection is unknown or has ended', async () => {
    const { hub, peers, ids, clock } = await two()
    const text = (id: string, what: string) => `Connection '${id}' ${what}.`
    const ask = (id: string) => hub.clients.connection(id).invoke('ask', { timeout: 1_000 }, 'why?')
    await expect(ask('nobody')).rejects.toThrow(
      new ClientResultError('gone', text('nobody', 'does not exist')),
    )
    const answer = ask(ids[1])
    await peers[1].next()
    peers[1].client.vanish()
    await expect(answer).rejects.toThrow(
      new ClientResultError('gone', text(ids[1], 'disconnected')),
    )
    await expect(ask(ids[1])).rejects.toThrow('does not exist')
    // A caller that waits for it is not told why.
    peers[0].call('1', 'askOther', ids[1])
    const unexpected = "An unexpected error occurred invoking 'askOther' on the server."
    expect(await peers[0].next()).toEqual(failure('1', unexpected))
    expect(clock.pending).toBeLessThan(5)
  })

  test('is checked when it is said what it must be', async () => {
    const { hub, peers, ids } = await two()
    const ask = () =>
      hub.clients
        .connection(ids[0])
        .invoke('ask', { timeout: 1_000, answer: z.string().trim() }, 'why?')
    const good = ask()
    peers[0].say(result(idOf(await peers[0].next()), ' a '))
    expect(await good).toBe('a')
    const bad = ask()
    peers[0].say(result(idOf(await peers[0].next()), 1))
    await expect(bad).rejects.toThrow(HubError)
    await expect(bad).rejects.toThrow("The client's answer does not fit.")
  })

  test('of another connection than was asked ends that connection', async () => {
    const { hub, peers, ids, endpoint } = await two()
    const answer = hub.clients.connection(ids[0]).invoke('ask', { timeout: 1_000 }, 'why?')
    const question = await peers[0].next()
    peers[1].say(result(idOf(question), 'forged'))
    expect(await peers[1].next()).toMatchObject({
      type: 7,
      error: expect.stringContaining('Connection closed with an error.'),
    })
    expect([...endpoint.connections].map(({ id }) => id)).toEqual([ids[0]])
    peers[0].say(result(idOf(question), 'genuine'))
    expect(await answer).toBe('genuine')
  })

  test('must have a limit of time', async () => {
    const { hub, ids } = await two()
    const one = hub.clients.connection(ids[0])
    await expect(one.invoke('ask', { timeout: 0 }, 'why?')).rejects.toThrow(
      'timeout must be a whole number of milliseconds from 1 to 2,147,483,647, got 0.',
    )
    // @ts-expect-error no options
    await expect(one.invoke('ask')).rejects.toThrow('must be an object of options')
    await expect(
      // @ts-expect-error something else
      one.invoke('ask', { timeout: 1, signal: 1 }, 'why?'),
    ).rejects.toThrow('signal must be an AbortSignal, got 1.')
    await expect(
      // @ts-expect-error something else
      one.invoke('ask', { timeout: 1, answer: 1 }, 'why?'),
    ).rejects.toThrow('answer must be a Standard Schema, got 1.')
  })
})
