import { describe, expect, test } from 'vitest'
import { parseServerUrl } from '../../page/src/server-url.ts'

describe('an address that a person typed', () => {
  test.each([
    [' wss://a.example/ws ', 'wss://a.example/ws', undefined],
    ['http://a.example/ws', 'ws://a.example/ws', 'A WebSocket begins with ws://, not http://'],
    ['HTTPS://a.example', 'wss://a.example/', 'A WebSocket begins with wss://, not https://'],
    ['localhost:5000/ws', 'ws://localhost:5000/ws', 'A WebSocket begins with ws://'],
    ['a.example/ws?x=1', 'ws://a.example/ws?x=1', 'A WebSocket begins with ws://'],
    ['127.0.0.1:81', 'ws://127.0.0.1:81/', 'A WebSocket begins with ws://'],
    ['[::1]:5000', 'ws://[::1]:5000/', 'A WebSocket begins with ws://'],
    ['server:5000/ws', 'ws://server:5000/ws', 'A WebSocket begins with ws://'],
  ])('%j is %j', (typed, url, correction) => {
    expect(parseServerUrl(typed, false)).toEqual({ ok: true, url, correction })
  })

  test('a host without a scheme is asked for TLS where the page came over it', () => {
    expect(parseServerUrl('localhost', true)).toMatchObject({ url: 'wss://localhost/' })
    expect(parseServerUrl('http://localhost', true)).toMatchObject({ url: 'ws://localhost/' })
  })

  test.each([
    ['', 'Enter the address of a server'],
    ['/ws', 'Not an address such as ws://host/path'],
    ['ftp://a.example', 'Begin with ws:// or wss://, not ftp:'],
    ['javascript:alert(1)', 'Begin with ws:// or wss://, not javascript:'],
    ['ws://a.example/#x', 'A WebSocket URL cannot have a #fragment'],
  ])('%j is refused in words', (typed, problem) => {
    expect(parseServerUrl(typed, false)).toEqual({ ok: false, problem })
  })
})
