import { expect, test } from 'vitest'
import { EchoReader, type OtherFrame } from '../src/echo-reader.ts'
import { Opcode, serverFrame } from '../src/frame.ts'

const first = serverFrame(Opcode.text, Buffer.from(`one${'.'.repeat(30)}`))
const second = serverFrame(Opcode.text, Buffer.from(`two${'.'.repeat(30)}`))
const ping = serverFrame(Opcode.ping, Buffer.from('beat'))

function reader() {
  const others: OtherFrame[] = []
  return { others, echoes: new EchoReader([first, second], (frame) => others.push(frame)) }
}

function readAll(echoes: EchoReader, bytes: Buffer, pieceLength = bytes.length): number {
  let complete = 0
  for (let at = 0; at < bytes.length; at += pieceLength) {
    const piece = bytes.subarray(at, at + pieceLength)
    complete += echoes.read(piece, 0, piece.length)
  }
  return complete
}

test('echoes are counted, in turn and from the start again', () => {
  const { echoes } = reader()
  expect(readAll(echoes, Buffer.concat([first, second, first]))).toBe(3)
})

test('only the bytes in the given range are read', () => {
  const { echoes } = reader()
  const bytes = Buffer.concat([Buffer.from('HTTP'), first, Buffer.from('left from before')])
  expect(echoes.read(bytes, 4, 4 + first.length)).toBe(1)
})

test.each([1, 2, 3, 7, 36])('bytes may come in pieces of %d', (pieceLength) => {
  const { echoes, others } = reader()
  const bytes = Buffer.concat([first, ping, second, ping, ping, first, second])
  expect(readAll(echoes, bytes, pieceLength)).toBe(4)
  expect(others.map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual([
    [Opcode.ping, 'beat'],
    [Opcode.ping, 'beat'],
    [Opcode.ping, 'beat'],
  ])
})

test('a short text that is no echo is handed over', () => {
  const { echoes, others } = reader()
  expect(readAll(echoes, Buffer.concat([first, Buffer.from([0x81, 1, 0x32]), second]))).toBe(2)
  expect(others).toEqual([{ opcode: Opcode.text, payload: Buffer.from('2') }])
})

test('the answer to another message is noticed', () => {
  const { echoes } = reader()
  expect(() => readAll(echoes, second)).toThrow('in its header or its marker')
})

test('an echo of another length is noticed', () => {
  const { echoes } = reader()
  const short = serverFrame(Opcode.text, Buffer.from('one'))
  // It is taken for a frame that is no echo, and nobody knows such a frame.
  expect(readAll(echoes, short)).toBe(0)
  const long = serverFrame(Opcode.text, Buffer.alloc(200))
  expect(() => readAll(echoes, long)).toThrow('a long frame that is no echo')
})

test('a wrong byte at the end of a message is noticed, if not each time', () => {
  const { echoes } = reader()
  const wrong = Buffer.from(first)
  wrong[wrong.length - 1] = 0
  expect(() => {
    for (let count = 0; count < 100; count++) readAll(echoes, Buffer.concat([wrong, second]))
  }).toThrow('the echo differs from what was sent')
})
