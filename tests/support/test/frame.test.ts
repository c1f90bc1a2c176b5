import { expect, test } from 'vitest'
import { clientFrame, Opcode, serverFrame } from '../src/frame.ts'

test('a client frame is the one of RFC 6455, section 5.7', () => {
  const frame = clientFrame(Opcode.text, Buffer.from('Hello'), 0x37fa213d)
  expect(frame.toString('hex')).toBe('818537fa213d7f9f4d5158')
})

test('a server frame is the one of RFC 6455, section 5.7', () => {
  expect(serverFrame(Opcode.text, Buffer.from('Hello')).toString('hex')).toBe('810548656c6c6f')
})

test.each([
  [125, '827d'],
  [126, '827e007e'],
  [65_535, '827effff'],
  [65_536, '827f0000000000010000'],
])('a length of %d takes as few bytes as it can', (length, head) => {
  const frame = serverFrame(Opcode.binary, Buffer.alloc(length))
  expect(frame.subarray(0, frame.length - length).toString('hex')).toBe(head)
})
