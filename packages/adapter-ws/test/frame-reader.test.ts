import { once } from 'node:events'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { extendReader, holdTurn } from '../src/frame-reader.ts'

let server: WebSocketServer
let client: WebSocket
let socket: WebSocket

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const connected = once(server, 'connection')
  client = new WebSocket(`ws://127.0.0.1:${Object(server.address()).port}`)
  socket = (await connected)[0]
  await once(client, 'open')
})
afterEach(() => {
  client.terminate()
  server.close()
})

test('a socket that is held delivers nothing more in the turn, and the rest in order in the next', async () => {
  extendReader(Object.assign(socket, { readerEnded() {} }))
  const told: string[] = []
  let turn = 0
  const count = (): void => {
    turn++
    if (socket.readyState !== WebSocket.CLOSED) setImmediate(count)
  }
  setImmediate(count)
  socket.on('message', (data, isBinary) => {
    told.push(`${turn} ${isBinary ? 'binary' : data}`)
    if (String(data) === 'hold') holdTurn(socket)
  })
  socket.on('ping', () => told.push(`${turn} ping`))
  socket.on('close', () => told.push('close'))
  for (const text of ['first', 'hold', 'second', 'hold']) client.send(text)
  client.ping()
  client.send(new Uint8Array(1))
  client.close()
  await once(socket, 'close')
  expect(told.map((what) => what.replace(/^\d+ /, ''))).toEqual([
    'first',
    'hold',
    'second',
    'hold',
    'ping',
    'binary',
    'close',
  ])
  const turns = told.slice(0, -1).map((what) => Number.parseInt(what, 10))
  expect(turns[1]).toBe(turns[0])
  expect(turns[2]).toBeGreaterThan(turns[1] ?? 0)
  expect(turns[3]).toBe(turns[2])
  expect(turns[4]).toBeGreaterThan(turns[3] ?? 0)
  expect(turns[5]).toBe(turns[4])
})

test('a socket is held in a message of fragments too, when others have come meanwhile', async () => {
  extendReader(Object.assign(socket, { readerEnded() {} }))
  const connected = once(server, 'connection')
  const other = new WebSocket(client.url)
  const [second] = await connected
  extendReader(Object.assign(second, { readerEnded() {} }))
  const held: boolean[] = []
  socket.on('message', () => held.push(holdTurn(socket)))
  client.send('in ', { fin: false })
  client.send('fragments')
  client.close()
  await once(socket, 'close')
  expect(held).toEqual([true])
  other.terminate()
})

test('a socket that has no reader is left alone', async () => {
  const connecting = new WebSocket(client.url)
  extendReader(Object.assign(connecting, { readerEnded() {} }))
  expect(holdTurn(connecting)).toBe(false)
  await once(connecting, 'open')
  connecting.terminate()
})

describe('a reader with other fields than those that are known', () => {
  /** Reads later, as one that inflates. */
  class OtherReader extends Writable {
    readonly read: string[] = []

    override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
      const text = String(chunk)
      this.read.push(text)
      if (text === 'slow') setImmediate(done)
      else if (text === 'fault') done(new Error('a fault'))
      else done()
    }
  }

  function extended(readerEnded = () => {}): OtherReader {
    const reader = new OtherReader()
    reader.on('error', () => {})
    // What is known of a socket is its reader alone.
    extendReader(Object.assign(Object.create(socket), { _receiver: reader, readerEnded }))
    return reader
  }

  test('reads nothing behind a fault', async () => {
    const reader = extended()
    for (const text of ['slow', 'fault', 'behind']) reader.write(text)
    await vi.waitFor(() => expect(reader.destroyed).toBe(true))
    expect(reader.read).toEqual(['slow', 'fault'])
  })

  test('tells of its end', async () => {
    const told = vi.fn()
    extended(told).end()
    await vi.waitFor(() => expect(told).toHaveBeenCalledOnce())
  })

  test('cannot be held', () => {
    const reader = extended()
    expect(holdTurn(Object.assign(Object.create(socket), { _receiver: reader }))).toBe(false)
  })
})
