import { isUtf8 } from 'node:buffer'
import { BINARY, COMPRESSED, TEXT } from './frame.ts'
import { INFLATE_LIMIT, inflateMessage } from './message-deflate.ts'
import { unmask } from './unmask.ts'

/** The second byte of a frame that has a mask and no data. The length is added to it, or one of the next two. */
const MASKED = 0x80
/** Two bytes with the length follow. */
const LENGTH_16 = MASKED + 126
/** Eight bytes with the length follow. */
const LENGTH_64 = MASKED + 127
const MASK_SIZE = 4

/** Who is given the messages. */
export interface MessageReceiver {
  /** How many bytes a message may have; 0 stands for any number. */
  readonly maxMessageSize: number
  /**
   * @param data may be a view of what was read
   * @returns whether it takes more
   */
  takeMessage(data: Buffer, isBinary: boolean): boolean
  /** Whether a compressed message may be inflated now. */
  mayInflate(): boolean
}

/**
 * Reads the messages that are whole, and in one frame each, from the beginning of what a client has sent. Most are.
 *
 * ws makes five views of the memory for each message, and has threads inflate it. This makes one, and inflates on the
 * event loop what does not take long. It stops at everything else and leaves it to ws: fragments, large compressed
 * messages, control frames, a frame that has not come whole, and whatever breaks a rule. The bytes of that
 * frame are unchanged.
 *
 * @returns how many bytes were read
 */
export function readWholeMessages(memory: Buffer, receiver: MessageReceiver): number {
  const { length } = memory
  const { maxMessageSize } = receiver
  let at = 0
  // Until there is no room for an empty message.
  while (at + 2 + MASK_SIZE <= length) {
    const first = memory[at] ?? 0
    const opcode = first & ~COMPRESSED
    if (opcode !== TEXT && opcode !== BINARY) break
    const second = memory[at + 1] ?? 0
    if (second < MASKED || second === LENGTH_64) break
    const isLong = second === LENGTH_16
    const size = isLong ? memory.readUInt16BE(at + 2) : second - MASKED
    const mask = at + (isLong ? 4 : 2)
    const start = mask + MASK_SIZE
    const end = start + size
    if (end > length || (maxMessageSize > 0 && size > maxMessageSize)) break
    if (first !== opcode && (size > INFLATE_LIMIT || !receiver.mayInflate())) break
    const data = dataOf(memory, start, end, mask, first, maxMessageSize)
    if (data === undefined) break
    at = end
    if (!receiver.takeMessage(data, opcode === BINARY)) break
  }
  return at
}

/** Returns `undefined` when it is left to ws. */
function dataOf(
  memory: Buffer,
  start: number,
  end: number,
  mask: number,
  first: number,
  maxSize: number,
): Buffer | undefined {
  const isCompressed = (first & COMPRESSED) !== 0
  const isAscii = unmask(memory, start, end, memory, mask)
  const view = memory.subarray(start, end)
  const data = isCompressed ? inflateMessage(view, maxSize) : view
  const isText = (first & ~COMPRESSED) === TEXT
  // What is compressed says nothing of what comes out of it.
  const mustCheck = isText && (isCompressed || !isAscii)
  if (data !== undefined && !(mustCheck && !isUtf8(data))) return data
  // ws unmasks it again.
  unmask(memory, start, end, memory, mask)
  return undefined
}
