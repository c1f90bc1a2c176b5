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
    ['WebSocket', { WebSocket: 5 }, 'WebSocket is 5, allowed is a class'],
    ['baseDelay', { baseDelay: 0 }, 'baseDelay is 0, allowed is a whole number from 1 to'],
    ['maxDelay', { maxDelay: '30s' }, "maxDelay is '30s', allowed is a whole number"],
    ['connectTimeout', { connectTimeout: 1.5 }, 'connectTimeout is 1.5'],
    ['closeTimeout', { closeTimeout: Number.POSITIVE_INFINITY }, 'closeTimeout is Infinity'],
    ['keepAliveInterval', { keepAliveInterval: 2 ** 31 }, 'from 1 to 2147483647'],
    [
      'serverTimeout',
      { serverTimeout: -1 },
      'serverTimeout is -1, allowed is a whole number from 0',
    ],
    ['maxQueueSize', { maxQueueSize: null }, 'maxQueueSize is null'],
    ['maxUnconfirmedSize', { maxUnconfirmedSize: 5 }, 'without heartbeatMessage'],
    ['heartbeatMessage', { heartbeatMessage: '' }, "heartbeatMessage is '', allowed is"],
    ['heartbeatMessage', { heartbeatMessage: 5 }, 'heartbeatMessage is 5, allowed is'],
    ['heartbeatMessage', { heartbeatMessage: 'é'.repeat(63) }, '1 to 125 bytes'],
    ['shouldRetry', { shouldRetry: true }, 'shouldRetry is true, allowed is a function'],
    ['pingInterval', { pingInterval: 5 }, 'keepAliveInterval'],
  ])('%s of %j', (name, options, message) => {
    expect(() => resolve(options)).toThrow(TypeError)
    expect(() => resolve(options)).toThrow(name)
    expect(() => resolve(options)).toThrow(message)
  })
})
