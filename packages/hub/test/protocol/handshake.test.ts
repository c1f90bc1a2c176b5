import { describe, expect, test } from 'vitest'
import type { HubEncoding } from '../../src/protocol/encoding.ts'
import {
  canceled,
  type Handshake,
  type HandshakeOptions,
  HandshakeReader,
} from '../../src/protocol/handshake.ts'
import { jsonEncoding } from '../../src/protocol/json/json-encoding.ts'

const LIMIT = 32_768

/** An encoding that is only asked for its name and format. */
const binaryEncoding: HubEncoding = { ...jsonEncoding, name: 'messagepack', format: 'binary' }

const defaults: HandshakeOptions = {
  encodings: [jsonEncoding, binaryEncoding],
  allowBinary: true,
  maxRecordSize: LIMIT,
  detailedErrors: false,
}

function shake(text: string, options: Partial<HandshakeOptions> = {}): Handshake | undefined {
  return new HandshakeReader({ ...defaults, ...options }).push(text)
}

function errorOf(text: string, options?: Partial<HandshakeOptions>): string | undefined {
  const handshake = shake(text, options)
  return handshake?.accepted === false ? handshake.error : undefined
}

describe('accepts', () => {
  test.each([
    ['the least', '{"protocol":"json","version":1}␞', 'json', 1],
    ['version 2', '{"protocol":"json","version":2}␞', 'json', 2],
    ['version 0', '{"protocol":"json","version":0}␞', 'json', 0],
    ['a negative version', '{"protocol":"json","version":-1}␞', 'json', -1],
    ['a protocol in another case', '{"protocol":"MessagePack","version":1}␞', 'messagepack', 1],
    ['members in another order', '{"version":1,"protocol":"json"}␞', 'json', 1],
    ['members that it does not know', '{"a":[],"protocol":"json","version":1}␞', 'json', 1],
    ['the last of equal members', '{"protocol":null,"protocol":"json","version":1}␞', 'json', 1],
    ['an escaped name', '{"pr\\u006ftocol":"json","version":1}␞', 'json', 1],
    ['space', ' {"protocol" : "json", "version": 1}\r\n␞', 'json', 1],
    ['what stands behind the object', '{"protocol":"json","version":1}{[␞', 'json', 1],
  ])('%s', (_, text, name, version) => {
    const handshake = shake(wire(text))
    expect(handshake).toMatchObject({ accepted: true, version })
    expect(handshake?.accepted && handshake.encoding.name).toBe(name)
  })

  test('with an empty object, as text for a text encoding', () => {
    expect(shake(wire('{"protocol":"json","version":1}␞'))?.answer).toBe(wire('{}␞'))
  })

  test('with an empty object, as bytes for a binary encoding', () => {
    const handshake = shake(wire('{"protocol":"messagepack","version":1}␞'))
    expect(handshake?.answer).toStrictEqual(new TextEncoder().encode(wire('{}␞')))
  })
})

describe('refuses', () => {
  const MALFORMED = 'An unexpected error occurred during connection handshake.'
  test.each([
    ['{"protocol":"x","version":1}␞', "The protocol 'x' is not supported."],
    ['{"protocol":"","version":1}␞', "The protocol '' is not supported."],
    [
      '{"protocol":"json","version":3}␞',
      "The server does not support version 3 of the 'json' protocol.",
    ],
    ['{"protocol":"json"}␞', MALFORMED],
    ['{"version":1}␞', MALFORMED],
    ['{"Protocol":"json","version":1}␞', MALFORMED],
    ['{"protocol":null,"version":1}␞', MALFORMED],
    ['{"protocol":1,"version":1}␞', MALFORMED],
    ['{"protocol":"json","version":"1"}␞', MALFORMED],
    ['{"protocol":"json","version":1.5}␞', MALFORMED],
    ['{"protocol":"json","version":2147483648}␞', MALFORMED],
    ['{"protocol":"json","version":1␞', MALFORMED],
    ['["protocol","version"]␞', MALFORMED],
    ['null␞', MALFORMED],
    ['\uFEFF{"protocol":"json","version":1}␞', MALFORMED],
    ['␞', MALFORMED],
  ])('%s', (text, error) => {
    const handshake = shake(wire(text))
    expect(handshake).toMatchObject({ accepted: false, error })
    expect(handshake?.answer).toBe(`${JSON.stringify({ error })}\u001e`)
  })

  test('bytes on a transport that carries text only', () => {
    const text = wire('{"protocol":"MessagePack","version":1}␞')
    expect(errorOf(text, { allowBinary: false })).toBe(
      "Cannot use the 'messagepack' protocol on the current transport. The transport does not support 'Binary' transfer format.",
    )
  })

  test('a version before the format of the transport', () => {
    const text = wire('{"protocol":"messagepack","version":3}␞')
    expect(errorOf(text, { allowBinary: false })).toMatch('version 3')
  })

  test('what is malformed with the reason, for detailed errors', () => {
    expect(errorOf(wire('{"protocol":"json"}␞'), { detailedErrors: true })).toBe(
      `${MALFORMED} InvalidDataException: Missing required property 'version'. Message content: {"protocol":"json"}`,
    )
  })
})

describe('a handshake in parts', () => {
  test('is waited for', () => {
    const reader = new HandshakeReader(defaults)
    const text = wire('{"protocol":"json","version":1}␞')
    for (const byte of new TextEncoder().encode(text.slice(0, -1))) {
      expect(reader.push(Uint8Array.of(byte))).toBeUndefined()
    }
    expect(reader.push('\u001e')).toMatchObject({ accepted: true })
  })

  test('hands what stands behind it to the reader', () => {
    const handshake = shake(wire('{"protocol":"json","version":1}␞{"type":6}␞{"type":7'))
    if (!handshake?.accepted) throw new Error('It was refused.')
    expect(handshake.reader.next()).toStrictEqual({ kind: 'ping' })
    expect(handshake.reader.next()).toBeUndefined()
    handshake.reader.push(wire('}␞'))
    expect(handshake.reader.next()).toMatchObject({ kind: 'close' })
  })

  test('may be as long as the limit', () => {
    const text = '{"protocol":"json","version":1}'.padEnd(LIMIT - 1)
    expect(shake(`${text}\u001e{"type":6}\u001e`)).toMatchObject({ accepted: true })
  })

  test('is cancelled when it is longer than the limit', () => {
    expect(shake(' '.repeat(LIMIT))).toBeUndefined()
    expect(shake(' '.repeat(LIMIT + 1))).toStrictEqual(canceled())
    expect(canceled().error).toBe('Handshake was canceled.')
  })
})

/** The end of a record as it is on the wire. */
function wire(text: string): string {
  return text.replaceAll('␞', '\u001e')
}
