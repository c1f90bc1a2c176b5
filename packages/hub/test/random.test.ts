import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { streamOf } from '../src/definition/parameter.ts'
import { define, type Gate, gate, method, setUp } from './support/one-hub.ts'
import { end, item, type WireRecord } from './support/peer.ts'

/** What a client and a server do, in any order. Numbers choose among those that there are. */
type Action =
  | { readonly do: 'quick' | 'slow' | 'count' | 'steps' | 'sum' | 'echo' }
  | { readonly do: 'open' | 'push' | 'finish' | 'cancel'; readonly which: number }
  | { readonly do: 'pause' | 'resume' | 'wait' | 'turn' }

const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('quick', 'slow', 'count', 'steps', 'sum', 'echo') }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('open', 'push', 'finish', 'cancel'),
      which: fc.nat(20),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('pause', 'resume', 'wait', 'turn') }) },
) as fc.Arbitrary<Action>

/** A call, as the model sees it. */
interface Call {
  readonly id: string
  readonly name: string
  readonly isStream: boolean
  /** What it has sent in its stream, and whether that has ended. */
  readonly sent: number[]
  hasEnded: boolean
  isCancelled: boolean
}

const COUNT = 40

/** The hub, with what it is told to do and what it has done. */
function world(maxParallelCalls: number) {
  const gates = new Map<string, Gate>()
  const pass = async (id: string) => {
    const own = gates.get(id) ?? gate()
    gates.set(id, own)
    await own.promise
    gates.delete(id)
  }
  const begun: string[] = []
  let running = 0
  let most = 0
  const plain = async <Result>(id: string, run: () => Result): Promise<Awaited<Result>> => {
    begun.push(id)
    most = Math.max(most, ++running)
    try {
      return await run()
    } finally {
      running--
    }
  }
  let open = 0
  async function* watched<Item>(items: AsyncIterable<Item>) {
    open++
    try {
      yield* items
    } finally {
      open--
    }
  }
  const definition = define({
    quick: method([z.string()], (_, id) => {
      begun.push(id)
      return id
    }),
    slow: method([z.string()], (_, id) =>
      plain(id, async () => {
        await pass(id)
        return id
      }),
    ),
    count: method([z.string()], (_, _id) =>
      watched(
        (async function* () {
          for (let i = 0; i < COUNT; i++) yield i
        })(),
      ),
    ),
    steps: method([z.string()], async function* (call, id) {
      open++
      try {
        for (let i = 0; i < 3 && !call.signal.aborted; i++) {
          const aborted = new Promise<void>((resolve) =>
            call.signal.addEventListener('abort', () => resolve()),
          )
          await Promise.race([pass(id), aborted])
          yield i
        }
      } finally {
        open--
      }
    }),
    sum: method([z.string(), streamOf(z.int())], async (_, _id, items) => {
      let sum = 0
      for await (const one of items) sum += one
      return sum
    }),
    echo: method([z.string(), streamOf(z.int())], async function* (_, _id, items) {
      yield* watched(items)
    }),
  })
  const options = { maxParallelCalls, maxWaitingCalls: 3, maxUploadItems: 2, maxStreams: 10_000 }
  return {
    ...setUp(definition, options),
    gates,
    begun,
    most: () => most,
    open: () => open,
  }
}

test('whatever a client does, each call is answered once and as it should be', async () => {
  const property = fc.asyncProperty(
    fc.array(action, { maxLength: 80 }),
    fc.constantFrom(1, 3),
    async (actions, maxParallelCalls) => {
      const { connect, clock, gates, begun, most, open, endpoint, errors } = world(maxParallelCalls)
      const peer = await connect('', { networkBuffer: 200 })
      const calls: Call[] = []
      const choose = <One>(list: readonly One[], which: number) => list[which % list.length]
      const settle = async () => {
        for (let count = 0; count < 30; count++) await undefined
      }
      const begin = (name: string, isStream: boolean, hasUpload: boolean) => {
        const id = `${calls.length}`
        const call = { id, name, isStream, sent: [], hasEnded: !hasUpload, isCancelled: false }
        calls.push(call)
        const streamIds = hasUpload ? { streamIds: [`u${id}`] } : {}
        peer.say({
          type: isStream ? 4 : 1,
          invocationId: id,
          target: name,
          arguments: [id],
          ...streamIds,
        })
      }
      const run = async (one: Action): Promise<void> => {
        switch (one.do) {
          case 'quick':
          case 'slow':
            return begin(one.do, false, false)
          case 'count':
          case 'steps':
            return begin(one.do, true, false)
          case 'sum':
          case 'echo':
            return begin(one.do, one.do === 'echo', true)
          case 'open':
            return choose([...gates.values()], one.which)?.open()
          case 'push': {
            const call = choose(
              calls.filter(({ hasEnded }) => !hasEnded),
              one.which,
            )
            if (call === undefined) return
            call.sent.push(one.which)
            return peer.say(item(`u${call.id}`, one.which))
          }
          case 'finish': {
            const call = choose(
              calls.filter(({ hasEnded }) => !hasEnded),
              one.which,
            )
            if (call === undefined) return
            call.hasEnded = true
            return peer.say(end(`u${call.id}`))
          }
          case 'cancel': {
            const call = choose(
              calls.filter(({ isStream }) => isStream),
              one.which,
            )
            if (call === undefined) return
            call.isCancelled = true
            return peer.say({ type: 5, invocationId: call.id })
          }
          case 'pause':
            return peer.client.pause()
          case 'resume':
            return peer.client.resume()
          case 'wait':
            return settle()
          case 'turn':
            return clock.endTurn()
        }
      }
      for (const one of actions) await run(one)

      // All that is under way comes to its end.
      const seen = new Map<string, WireRecord[]>(calls.map(({ id }) => [id, []]))
      for (const call of calls) {
        if (call.hasEnded) continue
        call.hasEnded = true
        peer.say(end(`u${call.id}`))
      }
      peer.client.resume()
      peer.say({ type: 1, invocationId: 'last', target: 'unknown', arguments: [] })
      let answered = 0
      const reading = (async () => {
        while (answered <= calls.length) {
          const record = await peer.next()
          if (record['type'] === 3) answered++
          seen.get(String(record['invocationId']))?.push(record)
        }
      })()
      while (answered <= calls.length) {
        for (const own of gates.values()) own.open()
        await settle()
        clock.endTurn()
        // The client waits in real time.
        await new Promise(setImmediate)
      }
      await reading

      const plain = calls.filter(({ name }) => name === 'quick' || name === 'slow')
      expect(begun).toEqual(plain.map(({ id }) => id))
      expect(most()).toBeLessThanOrEqual(maxParallelCalls)
      expect(open()).toBe(0)
      expect(errors).toEqual([])
      expect(endpoint.connections.size).toBe(1)
      for (const call of calls) {
        const { id, name, sent, isCancelled } = call
        const records = seen.get(id) ?? []
        const items = records.slice(0, -1).map((record) => record['item'])
        const answer = records.at(-1)
        if (name === 'quick' || name === 'slow') expect(answer).toMatchObject({ result: id })
        if (name === 'sum')
          expect(answer).toMatchObject({ result: sent.reduce((a, b) => a + b, 0) })
        if (!call.isStream) continue
        expect(answer).toEqual(end(id))
        const all =
          name === 'count'
            ? Array.from({ length: COUNT }, (_, i) => i)
            : name === 'steps'
              ? [0, 1, 2]
              : sent
        if (isCancelled) expect(items).toEqual(all.slice(0, items.length))
        else expect(items).toEqual(all)
      }
    },
  )
  await fc.assert(property, { numRuns: 150 })
}, 120_000)
