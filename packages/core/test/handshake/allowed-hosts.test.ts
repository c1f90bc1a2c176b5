import { describe, expect, test } from 'vitest'
import { handshake } from '../support/handshake.ts'
import { handshakeRequest } from '../support/handshake-request.ts'
import { inShort, setUp } from '../support/one-endpoint.ts'

function outcome(allowedHosts: readonly string[], host: string, secure = false): string {
  const { endpoint } = setUp({ allowedHosts })
  return inShort(handshake(endpoint, handshakeRequest({ headers: { Host: host }, secure })))
}

describe('allowed hosts', () => {
  test.each([
    ['localhost', 'localhost'],
    ['localhost', 'localhost:5000'],
    ['localhost', 'LOCALHOST:5000'],
    ['localhost', 'localhost.'],
    ['localhost:5000', 'localhost:5000'],
    ['localhost:65535', 'localhost:65535'],
    ['server.example:80', 'server.example'],
    ['*.example.com', 'a.example.com'],
    ['*.example.com', 'a.b.example.com:8080'],
    ['*.example.com:8080', 'a.example.com:8080'],
    ['127.0.0.1', '127.0.0.1:5000'],
    ['[::1]', '[::1]:5000'],
    ['[::1]', '[0:0:0:0:0:0:0:1]'],
    ['bücher.example', 'xn--bcher-kva.example'],
  ])('%s let %s pass', (entry, host) => {
    expect(outcome(['other.example', entry], host)).toBe('accept')
  })

  test.each([
    ['localhost', 'attacker.example'],
    ['localhost', 'localhost.attacker.example'],
    ['localhost', 'attacker.example:5000'],
    ['localhost', 'user@localhost'],
    ['localhost', 'localhost/path'],
    ['localhost', 'localhost:x'],
    ['localhost', 'localhost:65536'],
    ['localhost', ''],
    ['localhost:5000', 'localhost:5001'],
    ['localhost:5000', 'localhost'],
    ['*.example.com', 'example.com'],
    ['*.example.com', 'evilexample.com'],
    ['*.example.com', '.example.com'],
    ['127.0.0.1', 'localhost'],
    ['[::1]', '127.0.0.1'],
  ])('%s keep %s out', (entry, host) => {
    expect(outcome([entry], host)).toBe('host')
  })

  test('know the port of the scheme', () => {
    expect(outcome(['server.example:443'], 'server.example', true)).toBe('accept')
    expect(outcome(['server.example:443'], 'server.example', false)).toBe('host')
    expect(outcome(['server.example:80'], 'server.example', true)).toBe('host')
  })

  test('are every host by default, and none in an empty list', () => {
    expect(inShort(handshake(setUp().endpoint, handshakeRequest()))).toBe('accept')
    expect(outcome([], 'localhost')).toBe('host')
  })

  test('are held against what a trusted proxy tells', () => {
    const { endpoint } = setUp({
      allowedHosts: ['shop.example'],
      trustedProxies: { addresses: ['192.0.2.1'], headers: ['x-forwarded-host'] },
    })
    const from = (host: string) =>
      handshakeRequest({ headers: { Host: 'inner', 'X-Forwarded-Host': host } })
    expect(inShort(handshake(endpoint, from('shop.example')))).toBe('accept')
    expect(inShort(handshake(endpoint, from('attacker.example')))).toBe('host')
  })

  test('refuse with 403, and say which host was asked for', () => {
    const { endpoint } = setUp({ allowedHosts: ['localhost'] })
    const request = handshakeRequest({ headers: { Host: 'attacker.example', Upgrade: undefined } })
    expect(handshake(endpoint, request)).toMatchObject({
      refusal: {
        reason: 'host',
        status: 403,
        body: 'This server does not answer for the host "attacker.example".',
      },
    })
  })

  test.each([
    '',
    'http://localhost',
    'localhost/',
    'localhost:',
    'localhost:123456',
    'localhost:65536',
    'a b',
    '*',
    '*.127.0.0.1',
    'a.*.example',
    5,
  ])('refuse the entry %j when the endpoint is made', (entry) => {
    expect(() => setUp({ allowedHosts: [entry as string] })).toThrow(
      'allowedHosts[0] must be a host',
    )
  })

  test.each(['localhost', {}, null])('refuse %j, which is no list', (value) => {
    expect(() => setUp({ allowedHosts: value as never })).toThrow(
      'allowedHosts must be a list of hosts',
    )
  })
})
