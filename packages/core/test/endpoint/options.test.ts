import { describe, expect, test } from 'vitest'
import { createEndpoint } from '../../src/endpoint/endpoint.ts'
import { type EndpointOptions, resolveOptions } from '../../src/endpoint/options.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { OptionError } from '../../src/runtime/option-error.ts'

const session = {}

/** What the type forbids, plain JavaScript and JSON can still do. */
function make(options: unknown) {
  return () => createEndpoint(options as EndpointOptions)
}

test('without options an endpoint has the defaults', () => {
  const { onError, ...rest } = resolveOptions({ session })
  expect(onError).toBeTypeOf('function')
  expect(rest).toEqual({
    session,
    path: undefined,
    keepAliveInterval: 120_000,
    clientTimeout: 240_000,
    aliveOn: 'traffic',
    heartbeatMessage: undefined,
    allowedOrigins: '*',
    requireOrigin: false,
    trustedProxies: undefined,
    authorize: undefined,
    protocols: [],
    maxMessageSize: 1_048_576,
    receiveBufferSize: 1_048_576,
    maxBufferedAmount: 1_048_576,
    maxConnections: Number.POSITIVE_INFINITY,
    maxConnectionsPerAddress: Number.POSITIVE_INFINITY,
    maxPendingHandshakes: Number.POSITIVE_INFINITY,
    messageRate: undefined,
    handshakeTimeout: 10_000,
    closeTimeout: 5_000,
    compression: false,
    clock: systemClock,
  })
})

test('the client timeout is twice the interval where it is not given', () => {
  expect(resolveOptions({ session, keepAliveInterval: 700 }).clientTimeout).toBe(1_400)
})

test('the client timeout may be shorter than the interval', () => {
  const resolved = resolveOptions({ session, keepAliveInterval: 700, clientTimeout: 1 })
  expect(resolved.clientTimeout).toBe(1)
})

test('the list of subprotocols is copied', () => {
  const protocols = ['a']
  const resolved = resolveOptions({ session, protocols })
  protocols.push('b')
  expect(resolved.protocols).toEqual(['a'])
})

describe('accepted', () => {
  test.each([
    ['keepAliveInterval', 0],
    ['keepAliveInterval', 1],
    ['keepAliveInterval', 2_147_483_647],
    ['clientTimeout', 1],
    ['maxMessageSize', 1],
    ['maxMessageSize', 2 ** 30],
    ['maxConnections', 1],
    ['messageRate', 0.1],
    ['messageRate', { bytes: 0.1 }],
    ['messageRate', { messages: 5, bytes: 1_000, burst: 0.5 }],
    ['closeTimeout', 2_147_483_647],
    ['path', '/'],
    ['path', '/a/b;c=d'],
    ['path', '/a:b'],
    ['path', '/rooms/:id/:_seat2'],
    ['protocols', ['a', 'b']],
    ['aliveOn', 'message'],
    ['heartbeatMessage', ' '],
    ['heartbeatMessage', 'x'.repeat(125)],
    ['session', { memory: 'owned', open() {} }],
    ['session', { memory: 'borrowed', message() {} }],
  ])('%s: %j', (name, value) => {
    expect(make({ session, [name]: value })).not.toThrow()
  })
})

const MIXED = ['forwarded', 'x-forwarded-for']

function proxies(changes: object) {
  return { addresses: ['::1'], headers: ['forwarded'], ...changes }
}

/** A list whose first entry was left out. */
const WITH_HOLE = Object.assign(new Array(1), { 1: 'a' })

const time = 'a whole number of milliseconds from 1 to 2,147,483,647'
const bytes = 'a whole number of bytes from 1 to 1,073,741,824'
const heartbeat = 'a string of 1 to 125 bytes of UTF-8'
const connections = 'a whole number of connections from 1 on'

describe('refused', () => {
  test.each([
    ['session', undefined, 'undefined', 'an object of handlers, loop(...) or echo()'],
    ['session', null, 'null', 'an object of handlers'],
    ['session', [], 'an empty list', 'an object of handlers'],
    ['session', () => {}, 'a function', 'an object of handlers'],
    ['path', 'ws', '"ws"', 'pathname such as "/chat"'],
    ['path', '', '""', 'pathname such as "/chat"'],
    ['path', '/ws?a', '"/ws?a"', 'query'],
    ['path', '/ws#a', '"/ws#a"', 'fragment'],
    ['path', '/w s', '"/w s"', 'spaces'],
    ['path', '/ws/*', '"/ws/*"', 'without wildcard'],
    ['path', '/room/:id*', '"/room/:id*"', 'without wildcard'],
    ['path', '/room/:', '"/room/:"', 'such as "/chat" or "/rooms/:id"'],
    ['path', '/room/:1', '"/room/:1"', 'such as "/chat" or "/rooms/:id"'],
    ['path', '/room/:id.json', '"/room/:id.json"', 'such as "/chat" or "/rooms/:id"'],
    ['path', '/room/:id(\\d+)', '"/room/:id(\\\\d+)"', 'such as "/chat" or "/rooms/:id"'],
    ['path', '/:id/room/:id', '"/:id/room/:id"', 'a parameter twice'],
    ['path', 5, '5', 'pathname'],
    ['keepAliveInterval', -1, '-1', 'a whole number of milliseconds from 0 to 2,147,483,647'],
    ['keepAliveInterval', 1.5, '1.5', 'a whole number'],
    ['keepAliveInterval', Number.NaN, 'NaN', 'a whole number'],
    ['keepAliveInterval', Number.POSITIVE_INFINITY, 'Infinity', 'a whole number'],
    ['keepAliveInterval', 2_147_483_648, '2,147,483,648', 'a whole number'],
    ['keepAliveInterval', '30s', '"30s"', 'a whole number'],
    ['keepAliveInterval', 5n, '5n', 'a whole number'],
    ['keepAliveInterval', Symbol('x'), 'Symbol(x)', 'a whole number'],
    ['clientTimeout', 0, '0', 'a whole number of milliseconds from 1 to 4,294,967,294'],
    ['clientTimeout', -5, '-5', 'a whole number of milliseconds from 1 to 4,294,967,294'],
    ['aliveOn', 'pong', '"pong"', '"traffic" or "message"'],
    ['heartbeatMessage', '', '""', heartbeat],
    ['heartbeatMessage', 'é'.repeat(63), `"${'é'.repeat(63)}"`, heartbeat],
    ['heartbeatMessage', '\ud83d', '"\\ud83d"', 'without lone surrogates'],
    ['heartbeatMessage', 5, '5', heartbeat],
    ['heartbeatMessage', null, 'null', heartbeat],
    ['allowedOrigins', 'https://a.example', '"https://a.example"', '"*", "same-origin" or a list'],
    ['requireOrigin', 'yes', '"yes"', 'true or false'],
    ['authorize', 'nobody', '"nobody"', 'a function'],
    ['authorize', null, 'null', 'a function'],
    ['protocols', 'chat', '"chat"', 'a list of names'],
    ['maxMessageSize', 0, '0', bytes],
    ['maxMessageSize', 2 ** 30 + 1, '1,073,741,825', bytes],
    ['receiveBufferSize', 0, '0', bytes],
    ['maxBufferedAmount', '1mb', '"1mb"', bytes],
    ['maxConnections', 0, '0', connections],
    ['maxConnectionsPerAddress', 0.5, '0.5', connections],
    ['maxPendingHandshakes', 0, '0', 'a whole number of handshakes from 1 on'],
    ['messageRate', 0, '0', 'a finite number of messages per second above 0'],
    ['messageRate', Number.NaN, 'NaN', 'a finite number of messages per second'],
    ['messageRate', Number.POSITIVE_INFINITY, 'Infinity', 'a finite number of messages per second'],
    ['messageRate', '5', '"5"', 'a finite number of messages per second'],
    ['handshakeTimeout', 0, '0', time],
    ['closeTimeout', Number.POSITIVE_INFINITY, 'Infinity', time],
    ['compression', 1, '1', 'true, false or a function'],
    ['onError', {}, 'an object', 'a function'],
    ['clock', 5, '5', 'clock'],
    ['clock', {}, 'an object', 'clock'],
  ])('%s: %o', (name, value, shown, allowed) => {
    const endpoint = make({ session, [name]: value })
    expect(endpoint).toThrow(OptionError)
    expect(endpoint).toThrow(
      expect.objectContaining({
        option: name,
        message: expect.stringContaining(`, got ${shown}.`),
      }),
    )
    expect(endpoint).toThrow(`${name} must be `)
    expect(endpoint).toThrow(allowed)
  })

  test.each([
    ['protocols[0]', { protocols: ['a b'] }],
    ['protocols[1]', { protocols: ['a', 'a'] }],
    ['protocols[1]', { protocols: ['a', 5] }],
    ['protocols[0]', { protocols: [''] }],
    ['protocols[0]', { protocols: WITH_HOLE }],
    ['allowedHosts[0]', { allowedHosts: WITH_HOLE }],
    ['allowedOrigins[0]', { allowedOrigins: WITH_HOLE }],
    ['trustedProxies.addresses[0]', { trustedProxies: proxies({ addresses: new Array(1) }) }],
    ['trustedProxies.headers[0]', { trustedProxies: proxies({ headers: new Array(1) }) }],
    ['session.message', { session: { message: 'hello' } }],
    ['session.run', { session: { run: 5 } }],
    ['session.memory', { session: { memory: 'stolen' } }],
    ['messageRate', { messageRate: {} }],
    ['messageRate', { messageRate: { burst: 2 } }],
    ['messageRate', { messageRate: null }],
    ['messageRate.messages', { messageRate: { messages: 0 } }],
    ['messageRate.bytes', { messageRate: { bytes: -1 } }],
    ['messageRate.burst', { messageRate: { messages: 5, burst: Number.POSITIVE_INFINITY } }],
    ['messageRate.perSecond', { messageRate: { messages: 5, perSecond: 1 } }],
    ['trustedProxies', { trustedProxies: ['10.0.0.1'] }],
    ['trustedProxies', { trustedProxies: null }],
    ['trustedProxies.addresses', { trustedProxies: { headers: ['forwarded'] } }],
    ['trustedProxies.addresses', { trustedProxies: proxies({ addresses: [] }) }],
    ['trustedProxies.addresses[1]', { trustedProxies: proxies({ addresses: ['::1', 'me'] }) }],
    ['trustedProxies.addresses[0]', { trustedProxies: proxies({ addresses: ['10.0.0.1/8'] }) }],
    ['trustedProxies.addresses[0]', { trustedProxies: proxies({ addresses: [5] }) }],
    ['trustedProxies.headers', { trustedProxies: { addresses: ['::1'] } }],
    ['trustedProxies.headers', { trustedProxies: proxies({ headers: [] }) }],
    ['trustedProxies.headers[0]', { trustedProxies: proxies({ headers: ['X-Forwarded-For'] }) }],
    ['trustedProxies.headers', { trustedProxies: proxies({ headers: MIXED }) }],
    ['trustedProxies.hops', { trustedProxies: proxies({ hops: 1 }) }],
    ['session.onMessage', { session: { onMessage() {} } }],
    ['clientTimeout', { keepAliveInterval: 0, clientTimeout: 5_000 }],
    ['heartbeatMessage', { maxMessageSize: 3, heartbeatMessage: 'ping' }],
    ['allowedOrigins', { allowedOrigins: null }],
  ])('%s of %j', (option, options) => {
    expect(make({ session, ...options })).toThrow(
      expect.objectContaining({ name: 'OptionError', option }),
    )
  })

  test.each(['keepaliveInterval', 'toString', 'constructor'])(
    'an option by the name of %s, which there is not',
    (option) => {
      const endpoint = make({ session, [option]: 5 })
      expect(endpoint).toThrow(expect.objectContaining({ name: 'OptionError', option }))
      expect(endpoint).toThrow('keepAliveInterval')
    },
  )

  test.each([
    ['allowedOrigin', { allowedOrigin: '*' }, 'Did you mean "allowedOrigins"?'],
    ['session.mesage', { session: { mesage() {} } }, 'Did you mean "session.message"?'],
    ['messageRate.msgs', { messageRate: { msgs: 5 } }, 'Known options are messages, bytes, burst.'],
  ])('an unknown option %s, with what to write instead', (option, options, advice) => {
    expect(make({ session, ...options })).toThrow(
      expect.objectContaining({ option, message: `Unknown option "${option}". ${advice}` }),
    )
  })

  test('an empty messageRate and a session of both kinds, with the reason', () => {
    expect(make({ session, messageRate: {} })).toThrow(
      'messageRate must have messages, bytes or both, got neither.',
    )
    expect(make({ session: { open() {}, run: async () => {} } })).toThrow(
      'session must be handlers or loop(...), got both.',
    )
  })

  test.each([[undefined], [null], ['/ws'], [Object.assign([], { session })]])(
    'no object of options: %j',
    (options) => {
      expect(make(options)).toThrow('The argument of createEndpoint must be an object of options')
    },
  )

  test('with a value that is shortened where it is long', () => {
    const endpoint = make({ session, path: 'x'.repeat(10_000) })
    expect(endpoint).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{1,250}$/) }),
    )
  })
})
