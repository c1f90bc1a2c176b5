import { describe, expect, test } from 'vitest'
import { parseHex } from '../../page/src/hex.ts'

describe('bytes written in hex', () => {
  test.each([
    ['', []],
    ['48656c6C6f', [0x48, 0x65, 0x6c, 0x6c, 0x6f]],
    [' 48 65\t6c\n', [0x48, 0x65, 0x6c]],
    ['48:65-6c', [0x48, 0x65, 0x6c]],
    ['0x48, 0xFF', [0x48, 0xff]],
    ['0x4865', [0x48, 0x65]],
  ])('%j is %j', (text, bytes) => {
    const parsed = parseHex(text)
    expect(parsed.ok && [...parsed.bytes]).toEqual(bytes)
  })

  test.each([
    ['4', '“4” is half a byte: two digits each'],
    ['48 656', '“656” is half a byte: two digits each'],
    ['48 6g', '“g” is no hex digit'],
    ['48 😀', '“😀” is no hex digit'],
  ])('%j is refused in words', (text, problem) => {
    expect(parseHex(text)).toEqual({ ok: false, problem })
  })
})
