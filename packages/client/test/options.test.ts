import { describe, expect, test } from 'vitest'
import { type ReconnectingWebSocketOptions, resolveOptions } from '../src/options.ts'
import { FakeWebSocket } from './fake-web-socket.ts'

/** What the type forbids, plain JavaScript and JSON can still do. */
function resolve(options: unknown) {
  return resolveOptions({ WebSocket: FakeWebSocket, ...(options as ReconnectingWebSocketOptions) })
}

test('without options a socket has the defaults', () => {
  expect(resolve({ connectTimeout: undefined })).toMatchObject({
    baseDelay: 1_000,
    maxDelay: 30_000,
    minUptime: 5_000,
    startClosed: false,
    connectTimeout: 10_000,
    closeTimeout: 5_000,
    maxQueueSize: 1_048_576,
    maxUnconfirmedSize: 0,
    heartbeatMessage: undefined,
    keepAliveInterval: 120_000,
    serverTimeout: 0,
    signal: undefined,
  })
})

test('with a heartbeat the server may be silent for 2X', () => {
  expect(resolve({ heartbeatMessage: 'a', keepAliveInterval: 700 }).serverTimeout).toBe(1_400)
  expect(resolve({ heartbeatMessage: 'a', serverTimeout: 0 }).serverTimeout).toBe(0)
  const longest = { heartbeatMessage: 'a', keepAliveInterval: 2 ** 31 - 1 }
  expect(resolve(longest).serverTimeout).toBe(2 ** 31 - 1)
})

describe('refused', () => {
  test.each([
    ['WebSocket', { WebSocket: 5 }, 'WebSocket must be a class'],
    ['baseDelay', { baseDelay: 0 }, 'baseDelay must be a whole number from 1 to'],
    ['maxDelay', { maxDelay: '30s' }, 'got "30s".'],
    ['connectTimeout', { connectTimeout: 1.5 }, 'from 1 to 2,147,483,647, got 1.5.'],
    ['minUptime', { minUptime: -1 }, 'minUptime must be a whole number from 0'],
    ['closeTimeout', { closeTimeout: Number.POSITIVE_INFINITY }, 'got Infinity.'],
    ['keepAliveInterval', { keepAliveInterval: 2 ** 31 }, 'got 2147483648.'],
    ['serverTimeout', { serverTimeout: -1 }, 'serverTimeout must be a whole number from 0'],
    ['maxQueueSize', { maxQueueSize: null }, 'a whole number from 0 to 2,147,483,647, got null.'],
    ['maxUnconfirmedSize', { maxUnconfirmedSize: 5 }, 'must be 0 without heartbeatMessage, got 5.'],
    ['heartbeatMessage', { heartbeatMessage: '' }, '1 to 125 bytes, got "".'],
    ['heartbeatMessage', { heartbeatMessage: 5 }, '1 to 125 bytes, got 5.'],
    ['heartbeatMessage', { heartbeatMessage: 'é'.repeat(63) }, '1 to 125 bytes'],
    ['shouldReconnect', { shouldReconnect: true }, 'shouldReconnect must be a function'],
    ['startClosed', { startClosed: 'no' }, 'startClosed must be true or false, got "no".'],
    ['clock', { clock: {} }, 'clock must be a Clock'],
    ['clock', { clock: null }, 'clock must be a Clock, got null.'],
    ['signal', { signal: new AbortController() }, 'signal must be an AbortSignal'],
    ['signal', { signal: null }, 'signal must be an AbortSignal, got null.'],
    ['pingInterval', { pingInterval: 5 }, 'Unknown option "pingInterval". Known are '],
    ['pingInterval', { pingInterval: 5 }, 'keepAliveInterval'],
  ])('%s of %j', (name, options, message) => {
    expect(() => resolve(options)).toThrow(TypeError)
    expect(() => resolve(options)).toThrow(name)
    expect(() => resolve(options)).toThrow(message)
  })
})
