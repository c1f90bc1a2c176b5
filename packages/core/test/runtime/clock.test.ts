import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { MessageChannel } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/runtime/clock.ts'

const kinds = ['real', 'fake'] as const

describe.each(kinds)('the clock of the process, with %s timers of the application', (kind) => {
  beforeEach(() => {
    if (kind === 'fake') vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function called(delay: number): Promise<void> {
    return new Promise((resolve) => {
      systemClock.schedule(resolve, delay)
    })
  }

  test('counts milliseconds, whatever the wall clock says', async () => {
    const start = systemClock.now()
    if (kind === 'fake') vi.setSystemTime(0)
    await called(20)
    // A call may be a millisecond early.
    expect(systemClock.now() - start).toBeGreaterThanOrEqual(19)
  })

  test('calls back once, after the delay', async () => {
    const order: string[] = []
    const calls = [20, 1].map((delay) => called(delay).then(() => order.push(`after ${delay}`)))
    await Promise.all(calls)
    expect(order).toEqual(['after 1', 'after 20'])
  })

  test('does not call back once that was cancelled', async () => {
    let calls = 0
    const cancel = systemClock.schedule(() => calls++, 1)
    cancel()
    cancel()
    await called(20)
    expect(calls).toBe(0)
  })

  test('calls back when fake timers were taken away again meanwhile', async () => {
    const calling = called(1)
    vi.useRealTimers()
    await calling
    await new Promise<void>((resolve) => systemClock.afterArrivals(resolve))
  })
})

describe('before the clock says that it was read', () => {
  let server: Server
  let readers: Socket[]
  let writers: Socket[]

  beforeEach(async () => {
    readers = []
    server = createServer((socket) => readers.push(socket)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (typeof address !== 'object' || address === null) throw new Error('no port')
    const { port } = address
    writers = Array.from({ length: 50 }, () => connect(port, '127.0.0.1'))
    await Promise.all(writers.map((writer) => once(writer, 'connect')))
    await vi.waitFor(() => expect(readers).toHaveLength(writers.length))
  })
  afterEach(() => {
    for (const socket of [...writers, ...readers]) socket.destroy()
    server.close()
  })

  test('what had arrived on the network was read', async () => {
    let read = 0
    for (const reader of readers) reader.on('data', () => read++)
    for (const writer of writers) writer.write('a')
    const readBefore = await new Promise<number>((resolve) => {
      systemClock.afterArrivals(() => resolve(read))
    })
    expect(readBefore).toBe(writers.length)
  })

  test('what had arrived while a single read took long was read', async () => {
    const [busy, ...others] = readers
    let read = 0
    for (const reader of others) reader.on('data', () => read++)
    const readBefore = new Promise<number>((resolve) => {
      busy?.once('data', () => {
        for (const writer of writers) writer.write('a')
        systemClock.afterArrivals(() => resolve(read))
      })
    })
    // Both come in one turn, so that a message to oneself is under way when the clock is asked.
    const { port1, port2 } = new MessageChannel()
    port1.once('message', () => port1.close())
    for (const writer of writers) if (writer.localPort === busy?.remotePort) writer.write('a')
    port2.postMessage(undefined)
    expect(await readBefore).toBe(others.length)
  })
})
