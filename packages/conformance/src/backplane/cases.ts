import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import type { BackplaneCase } from './backplane-case.ts'
import { bytesOf } from './backplane-harness.ts'

/** What every backplane must do. */
export const backplaneCases: readonly BackplaneCase[] = [
  {
    name: 'carries messages to another server, in order, of one call and of several',
    async run(harness) {
      const [one, two] = [await harness.start(), await harness.start()]
      const channel = harness.channel()
      await two.backplane.subscribe([channel])
      const sent = Array.from({ length: 300 }, (_, index) => String(index))
      const taken = [one.publish(channel, ...sent.slice(0, 100))]
      for (const text of sent.slice(100)) taken.push(one.publish(channel, text))
      await Promise.all(taken)
      assert.deepEqual(await two.texts(channel, sent.length), sent)
    },
  },
  {
    name: 'carries any bytes, and none',
    async run(harness) {
      const [one, two] = [await harness.start(), await harness.start()]
      const channel = harness.channel()
      await two.backplane.subscribe([channel])
      const all = Uint8Array.from({ length: 256 }, (_, index) => index)
      await one.backplane.publish([
        { channel, payload: all },
        { channel, payload: new Uint8Array() },
      ])
      await two.texts(channel, 2)
      const payloads = two.arrived.map(({ payload }) => [...payload])
      assert.deepEqual(payloads, [[...all], []])
    },
  },
  {
    name: 'carries a message of maxPayload bytes',
    async run(harness) {
      const [one, two] = [await harness.start(), await harness.start()]
      const channel = harness.channel()
      await two.backplane.subscribe([channel])
      const large = 'x'.repeat(one.backplane.maxPayload)
      await one.publish(channel, large)
      const [arrived] = await two.texts(channel, 1)
      assert.ok(arrived === large, `got ${arrived?.length} bytes of ${large.length}`)
    },
  },
  {
    name: 'hands over memory that it does not use again',
    async run(harness) {
      const [one, two] = [await harness.start(), await harness.start()]
      const channel = harness.channel()
      await two.backplane.subscribe([channel])
      const sent = Array.from({ length: 50 }, (_, index) => `${index}`.repeat(50))
      for (const text of sent) await one.publish(channel, text)
      assert.deepEqual(await two.texts(channel, sent.length), sent)
      for (const { payload } of two.arrived) assert.equal(payload.buffer.byteLength, payload.length)
    },
  },
  {
    name: 'has a subscription when subscribe resolves',
    async run(harness) {
      const [one, two] = [await harness.start(), await harness.start()]
      for (let round = 0; round < 50; round++) {
        const channel = harness.channel(`round-${round}`)
        await two.backplane.subscribe([channel])
        await one.publish(channel, 'at once')
        assert.deepEqual(await two.texts(channel, 1), ['at once'])
      }
    },
  },
  {
    name: 'subscribes to many channels in one call',
    async run(harness) {
      const [one, two] = [await harness.start(), await harness.start()]
      const channels = Array.from({ length: 500 }, (_, index) => harness.channel(`many-${index}`))
      await two.backplane.subscribe(channels)
      await one.backplane.publish(
        channels.map((channel) => ({ channel, payload: bytesOf(channel) })),
      )
      for (const channel of channels) assert.deepEqual(await two.texts(channel, 1), [channel])
    },
  },
  {
    name: 'keeps channels apart, whatever their names look like',
    async run(harness) {
      const [one, two] = [await harness.start(), await harness.start()]
      const channels = ['a', 'A', 'a_', 'a-', 'a=2a', 'a=2A', '=', '-', 'x'.repeat(700)]
      const names = channels.map((channel) => harness.channel(channel))
      await two.backplane.subscribe(names)
      for (const name of names) await one.publish(name, name)
      for (const name of names) assert.deepEqual(await two.texts(name, 1), [name])
      assert.equal(two.arrived.length, names.length)
    },
  },
  {
    name: 'carries nothing any more when unsubscribe has resolved',
    async run(harness) {
      const [one, two] = [await harness.start(), await harness.start()]
      const [gone, stays] = [harness.channel('gone'), harness.channel('stays')]
      await two.backplane.subscribe([gone, stays])
      await two.backplane.unsubscribe([gone])
      await one.publish(gone, 'late')
      await one.publish(stays, 'here')
      assert.deepEqual(await two.texts(stays, 1), ['here'])
      assert.equal(two.arrived.length, 1)
      await two.backplane.subscribe([gone])
      await one.publish(gone, 'again')
      assert.deepEqual(await two.texts(gone, 1), ['again'])
    },
  },
  {
    name: 'brings its own messages back once at most',
    async run(harness) {
      const one = await harness.start()
      const [channel, end] = [harness.channel(), harness.channel('end')]
      await one.backplane.subscribe([channel, end])
      await one.publish(channel, 'own')
      const two = await harness.start()
      await two.publish(end, 'end')
      await one.texts(end, 1)
      assert.ok(one.arrived.filter((message) => message.channel === channel).length <= 1)
    },
  },
  {
    name: 'rejects start with host and port where nothing listens',
    async run(harness) {
      const port = await freePort()
      const backplane = harness.under.unreachable(port)
      const started = backplane.start({ message() {}, state() {}, lost() {}, refused() {} })
      await assert.rejects(started, (error: Error) => error.message.includes(`127.0.0.1:${port}`))
      await backplane.close()
    },
  },
  {
    name: 'rejects start within its time limit where nothing answers',
    async run(harness) {
      const silent = createServer()
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
      const address = silent.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      const backplane = harness.under.unreachable(port)
      const started = backplane.start({ message() {}, state() {}, lost() {}, refused() {} })
      await assert.rejects(started, (error: Error) => error.message.includes(`127.0.0.1:${port}`))
      await backplane.close()
      silent.close()
    },
  },
  {
    name: 'says down and up when the connection is lost, rejects meanwhile, and is subscribed again',
    async run(harness) {
      const [one, two] = [await harness.start(), await harness.start()]
      const channel = harness.channel()
      await two.backplane.subscribe([channel])
      await harness.under.interrupt()
      assert.equal((await two.told(1))[0], 'down')
      assert.equal((await one.told(1))[0], 'down')
      // It is down, or up again already.
      if (one.states.at(-1) === 'down') await assert.rejects(one.publish(channel, 'lost'))
      assert.equal((await two.told(2))[1], 'up')
      assert.equal((await one.told(2))[1], 'up')
      await one.publish(channel, 'back')
      assert.ok((await two.texts(channel, 1)).includes('back'))
    },
  },
  {
    name: 'stays subscribed when unsubscribe is rejected because the connection is lost',
    async run(harness) {
      const [one, two] = [await harness.start(), await harness.start()]
      const [channel, other] = [harness.channel(), harness.channel('other')]
      await two.backplane.subscribe([channel, other])
      const ended = two.backplane.unsubscribe([channel]).then(
        () => true,
        () => false,
      )
      await harness.under.interrupt()
      await two.told(2)
      await one.told(2)
      // The broker may have been quicker than the interruption.
      if (!(await ended)) {
        await one.publish(channel, 'back')
        assert.deepEqual(await two.texts(channel, 1), ['back'])
        await two.backplane.unsubscribe([channel])
      }
      await one.publish(channel, 'late')
      await one.publish(other, 'end')
      await two.texts(other, 1)
      assert.ok(!(await two.texts(channel, 0)).includes('late'), 'got what came after unsubscribe')
    },
  },
  {
    name: 'confirms nothing that was under way when the connection was lost, or delivers it',
    async run(harness) {
      const [one, two] = [await harness.start(), await harness.start()]
      const channel = harness.channel()
      await two.backplane.subscribe([channel])
      const outcomes: Promise<boolean>[] = []
      for (let index = 0; index < 200; index++) {
        const taken = one.publish(channel, String(index))
        outcomes.push(
          taken.then(
            () => true,
            () => false,
          ),
        )
        if (index === 100) await harness.under.interrupt()
      }
      await Promise.all(outcomes)
      await two.told(2)
      await one.told(2)
      await one.publish(channel, 'end')
      const arrived = two.arrived.map(({ payload }) => Buffer.from(payload).toString())
      // At most once, and in order.
      const numbers = arrived.filter((text) => text !== 'end').map(Number)
      assert.deepEqual(
        numbers,
        [...new Set(numbers)].toSorted((a, b) => a - b),
      )
    },
  },
  {
    name: 'does nothing any more after close',
    async run(harness) {
      const [one, two] = [await harness.start(), await harness.start()]
      const channel = harness.channel()
      await two.backplane.subscribe([channel])
      await two.backplane.close()
      await two.backplane.close()
      await one.publish(channel, 'late')
      await assert.rejects(two.publish(channel, 'late'))
      await assert.rejects(two.backplane.subscribe([channel]))
      assert.deepEqual([two.arrived, two.states], [[], []])
    },
  },
]

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return typeof address === 'object' && address !== null ? address.port : 0
}
