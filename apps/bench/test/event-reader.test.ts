import { expect, test } from 'vitest'
import { EventReader } from '../src/generator/event-reader.ts'

const EVENTS = ['data: one\r\n\r\n', 'data: second\r\n\r\n'].map((text) => Buffer.from(text))

/** A chunked body, each part a chunk of it. */
function chunked(...parts: readonly string[]): Buffer {
  return Buffer.from(parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join(''))
}

const body = chunked(
  ':\r\n',
  'data: one\r\n\r\n',
  ':\r\n\r\n',
  'data: second\r\n\r\ndata: one\r\n',
  '\r\ndata: second\r\n\r\n',
)

test.each([1, 2, 7, body.length])('events are counted that come in pieces of %i bytes', (size) => {
  const reader = new EventReader(EVENTS)
  let complete = 0
  for (let at = 0; at < body.length; at += size) {
    complete += reader.read(body, at, Math.min(at + size, body.length))
  }
  expect(complete).toBe(4)
})

test('an event other than the next one is refused', () => {
  const wrong = chunked('data: second\r\n\r\n')
  expect(() => new EventReader(EVENTS).read(wrong, 0, wrong.length)).toThrow('differs')
})

test('the end of the stream is told', () => {
  const end = Buffer.from('0\r\n\r\n')
  expect(() => new EventReader(EVENTS).read(end, 0, end.length)).toThrow('ended')
})
