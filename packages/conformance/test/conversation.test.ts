import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contents } from '../src/conversation/contents.ts'
import { type Conversation, framesOf, type MessageStep } from '../src/conversation/conversation.ts'
import { replayFrom } from '../src/conversation/replay.ts'
import { expectedTranscript } from '../src/conversation/transcript.ts'

const message: MessageStep = {
  kind: 'message',
  type: 'text',
  size: 100,
  seed: 7,
  cuts: [30, 10, 10],
  between: [{ kind: 'ping', size: 4, seed: 1 }],
}

test('contents are as long as they should be, the same for the same seed, and UTF-8 where text', () => {
  const anything = fc.property(fc.nat(300), fc.nat(), (size, seed) => {
    for (const type of ['text', 'binary'] as const) {
      expect(contents(type, size, seed)).toHaveLength(size)
      expect(contents(type, size, seed)).toEqual(contents(type, size, seed))
    }
    new TextDecoder('utf-8', { fatal: true }).decode(contents('text', size, seed))
  })
  fc.assert(anything)
})

test('a message is cut where it says, in order, with the control frames between', () => {
  const frames = framesOf(message).map(({ opcode, fin, payload = '' }) => [
    opcode,
    fin,
    payload.length,
  ])
  expect(frames).toEqual([
    [1, false, 10],
    [9, undefined, 4],
    [0, false, 0],
    [0, false, 20],
    [0, true, 70],
  ])
})

test('the model ends where the session closes, and answers no ping behind it', () => {
  const conversation: Conversation = {
    steps: [message, { kind: 'ping', size: 1, seed: 1 }, message],
    ending: { kind: 'session-close', after: 4, code: 4000, reason: 'enough' },
    writes: [],
  }
  const { told, seen } = expectedTranscript(conversation, () => true)
  expect(told).toHaveLength(3)
  expect(told.at(-1)).toBe('close 4000 "enough", clean, server')
  expect(seen?.messages).toHaveLength(1)
  expect(seen?.pongs).toHaveLength(1)
  expect(seen?.close).toBe('4000 "enough"')
})

test('a seed is read from the environment, with the case and the path where a failure named them', () => {
  expect(replayFrom({ WIREBEAT_SEED: '-12' })).toEqual({ seed: -12 })
  expect(replayFrom({ WIREBEAT_SEED: '12/fin/3:0:1' })).toEqual({
    seed: 12,
    kind: 'fin',
    path: '3:0:1',
  })
  expect(replayFrom({})).toEqual(replayFrom({ WIREBEAT_SEED: '' }))
  expect(() => replayFrom({ WIREBEAT_SEED: 'fin' })).toThrow(RangeError)
})
