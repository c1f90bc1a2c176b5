import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Crowd } from '../src/generator/crowd.ts'
import { Schedule } from '../src/generator/schedule.ts'

/** Milliseconds. */
const STALL = 600
const PER_SECOND = 500

/** Echoes on a thread of its own, which stops for as many milliseconds as it is told, and tells when it goes on. */
const SERVER = `
const { parentPort } = require('node:worker_threads')
const { WebSocketServer } = require('ws')
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () =>
  parentPort.postMessage(server.address().port))
server.on('connection', (socket) =>
  socket.on('message', (data, binary) => socket.send(data, { binary })))
parentPort.on('message', (time) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time)
  parentPort.postMessage('goes on')
})
`

test('a server that stalls is seen in every message that was due meanwhile', async () => {
  const worker = new Worker(SERVER, { eval: true })
  onTestFinished(async () => void (await worker.terminate()))
  const [port] = await once(worker, 'message')
  const crowd = new Crowd()
  await crowd.connect(port, 4, {
    carrier: 'TCP',
    dialect: 'websocket',
    type: 'binary',
    size: 64,
    outstanding: 16,
    perSecond: PER_SECOND,
  })
  crowd.exchange()
  await vi.waitFor(() => expect(crowd.report().messages).toBeGreaterThan(10))
  crowd.begin()
  worker.postMessage(STALL)
  await once(worker, 'message')
  await crowd.settle()
  const { messages, latency, delay = 0 } = crowd.report()
  // Few of them were sent before the stall and after it.
  expect(messages).toBeGreaterThan(0.8 * (STALL / 1_000) * PER_SECOND)
  expect(latency?.p50).toBeGreaterThan(STALL / 4)
  expect(latency?.p999).toBeGreaterThan(STALL * 0.8)
  expect(delay).toBeLessThan(latency?.p999 ?? 0)
  await crowd.disconnect()
})

test('a sender that is late counts from when its messages were due', async () => {
  const dues: number[] = []
  const schedule: Schedule = new Schedule(
    [
      {
        send(due) {
          dues.push(due)
          schedule.answered(due)
        },
      },
    ],
    1_000,
  )
  onTestFinished(() => schedule.stop())
  schedule.start()
  schedule.reset()
  const until = performance.now() + 200
  while (performance.now() < until);
  await vi.waitFor(() => expect(schedule.messages).toBeGreaterThan(150))
  expect(schedule.latency()?.p99).toBeGreaterThan(100)
  expect(schedule.delay).toBeGreaterThan(100)
  // A millisecond from one to the next, whatever happened.
  expect(dues.slice(1).every((due, index) => due - (dues[index] ?? 0) > 0.99)).toBe(true)
})
