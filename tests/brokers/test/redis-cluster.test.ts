import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { testKind } from './conformance.ts'
import { wireTo } from './cut-proxy.ts'
import { redisCluster } from './kinds.ts'
import { type Account, play, type Scene, testLoss } from './loss.ts'
import type { RunningCluster } from './redis-cluster.ts'

testKind(redisCluster)
testLoss(redisCluster)

describe('on a Redis Cluster', () => {
  test.concurrent('a topic loses nothing while another master is away', async () => {
    await onCluster(async (account, cluster) => {
      await account.publishFor(500)
      await cluster.other.kill()
      await account.publishFor(4_000)
      await cluster.other.start()
      await pause(3_000)
      await account.publishFor(500)
      expect(await account.areAllConfirmed()).toBe(true)
      await pause(500)
      expect(account.received.length).toBe(account.sent)
      expect(account.gaps).toEqual([])
    })
  })

  test.concurrent('a topic goes on at the replica of a master that does not come back', async () => {
    await onCluster(async (account, cluster) => {
      await account.publishFor(500)
      await cluster.kill()
      await account.publishFor(10_000)
      expect(account.gaps.map(({ reason }) => reason)).toContain('disconnected')
    }, true)
  })

  test.concurrent('a topic goes on at the master that gets its slot', async () => {
    await onCluster(async (account, cluster) => {
      await account.publishFor(500)
      await cluster.moveSlot()
      await account.publishFor(8_000)
      expect(account.gaps.map(({ reason }) => reason)).toContain('disconnected')
    })
  })

  test.concurrent('a channel whose end was cut off goes on at the master that gets its slot', async ({
    onTestFinished,
  }) => {
    // A broker of this kind is a cluster.
    const cluster = (await redisCluster.start('room')) as RunningCluster
    const wire = await wireTo(cluster.ports)
    const channel = 'topic-room'
    const heard: string[] = []
    const states: string[] = []
    const subscriber = redisCluster.make(wire.ports)
    const publisher = redisCluster.make(new Map(cluster.ports.map((port) => [port, port])))
    onTestFinished(async () => {
      await Promise.all([subscriber.close(), publisher.close()])
      wire.close()
      await cluster.close()
    })
    await subscriber.start({
      message: (_channel, payload) => heard.push(Buffer.from(payload).toString()),
      state: (state) => states.push(state),
      lost() {},
      refused() {},
    })
    await publisher.start({ message() {}, state() {}, lost() {}, refused() {} })
    await subscriber.subscribe([channel])
    const ended = subscriber.unsubscribe([channel])
    wire.cut()
    await expect(ended).rejects.toThrow()
    await expect.poll(() => states, { timeout: 20_000 }).toEqual(['down', 'up'])
    await cluster.moveSlot()
    // Both servers notice it within five seconds.
    const publishAndLook = async (): Promise<string | undefined> => {
      const payload = new Uint8Array(Buffer.from('hello'))
      await publisher.publish([{ channel, payload }]).catch(() => {})
      return heard[0]
    }
    await expect.poll(publishAndLook, { timeout: 20_000, interval: 200 }).toBe('hello')
  })

  test.concurrent('a quiet topic is told of the move of its slot', async () => {
    await onCluster(async (account, cluster) => {
      account.publish()
      await pause(200)
      await cluster.moveSlot()
      await pause(7_000)
      expect(account.gaps.map(({ reason }) => reason)).toContain('disconnected')
    })
  })
})

/** @param hasReplica whether the master of the topic has one */
async function onCluster(
  act: (account: Account, cluster: RunningCluster) => Promise<void>,
  hasReplica = false,
): Promise<void> {
  // A broker of this kind is a cluster.
  const kind = hasReplica ? { ...redisCluster, start: startWithReplica } : redisCluster
  await play(kind, (account: Account, { broker }: Scene) => act(account, broker as RunningCluster))
}

async function startWithReplica(topic: string): Promise<RunningCluster> {
  // As above.
  const cluster = (await redisCluster.start(topic)) as RunningCluster
  await cluster.addReplica()
  return cluster
}
