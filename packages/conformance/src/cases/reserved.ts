import { type Case, inGroup } from '../case.ts'
import { type ClientFrame, closePayload, Opcode } from '../frame.ts'
import { type Violation, violationCases } from './violation.ts'

const first: ClientFrame = { opcode: Opcode.Text, payload: 'first', fin: false }

/** Good frames, each with what must come before it. */
const frames: readonly (readonly [what: string, frame: ClientFrame, before?: ClientFrame])[] = [
  ['an empty text', { opcode: Opcode.Text }],
  ['binary', { opcode: Opcode.Binary, payload: 'binary' }],
  ['the first fragment of a text', first],
  ['a continuation', { opcode: Opcode.Continuation, payload: 'last' }, first],
  ['a ping', { opcode: Opcode.Ping, payload: 'ping' }],
  ['a pong', { opcode: Opcode.Pong, payload: 'pong' }],
  ['a close frame', { opcode: Opcode.Close, payload: closePayload(1000) }],
  ['an empty close frame', { opcode: Opcode.Close }],
]

const bits: readonly (readonly [rsv: number, what: string])[] = [
  [4, 'the first reserved bit'],
  [2, 'the second reserved bit'],
  [1, 'the third reserved bit'],
  [7, 'all reserved bits'],
]

const reservedBits = frames.flatMap(([frame, sent, before]) =>
  bits.map(
    ([rsv, bit]): Violation => ({
      what: `${frame} with ${bit}`,
      section: 'RFC 6455, section 5.2',
      frames: [...(before ? [before] : []), { ...sent, rsv }],
      cause: 'protocol-error',
    }),
  ),
)

const shapes: readonly (readonly [what: string, shape: Partial<ClientFrame>])[] = [
  ['', { payload: 'innocent' }],
  [' without payload', {}],
  [' in fragments', { payload: 'innocent', fin: false }],
]

const reservedOpcodes = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) =>
  shapes.map(
    ([how, shape]): Violation => ({
      what: `a frame with the reserved opcode ${opcode}${how}`,
      section: 'RFC 6455, section 5.2',
      frames: [{ opcode, ...shape }],
      cause: 'protocol-error',
    }),
  ),
)

const inside = [3, 11].map(
  (opcode): Violation => ({
    what: `a frame with the reserved opcode ${opcode} between two fragments`,
    section: 'RFC 6455, section 5.4',
    frames: [first, { opcode, payload: 'innocent' }],
    cause: 'protocol-error',
  }),
)

/** Bits and opcodes that have no meaning yet. */
export const reservedCases: readonly Case[] = inGroup(
  'framing',
  violationCases([...reservedBits, ...reservedOpcodes, ...inside]),
)
