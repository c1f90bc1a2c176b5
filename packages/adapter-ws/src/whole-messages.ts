import { isUtf8 } from 'node:buffer'
import { unmask } from './unmask.ts'

/** The first byte of a frame that is a whole message, without an extension (RFC 6455, section 5.2). */
const TEXT = 0x81
const BINARY = 0x82
/** The second byte of a frame that has a mask and no data. The length is added to it, or one of the next two. */
const MASKED = 0x80
/** Two bytes with the length follow. */
const LENGTH_16 = MASKED + 126
/** Eight bytes with the length follow. */
const LENGTH_64 = MASKED + 127
const MASK_SIZE = 4

/** Who is given the messages. */
export interface MessageReceiver {
  /**
   * @param data a view of what was read
   * @returns whether it takes more
   */
  takeMessage(data: Buffer, isBinary: boolean): boolean
}

/**
 * Reads the messages that are whole, and in one frame each, from the beginning of what a client has sent. Most are.
 *
 * ws makes five views of the memory for each message, and this makes one. It stops at all else, for which ws is there:
 * fragments, compressed messages, control frames, a frame that has not come whole, and whatever breaks a rule.
 *
 * @param maxSize how many bytes a message may have; 0 stands for any number
 * @returns how many bytes were read
 */
export function readWholeMessages(
  memory: Buffer,
  maxSize: number,
  receiver: MessageReceiver,
): number {
  const { length } = memory
  let at = 0
  // Until there is no room for an empty message.
  while (at + 2 + MASK_SIZE <= length) {
    const first = memory[at]
    if (first !== TEXT && first !== BINARY) break
    const second = memory[at + 1] ?? 0
    if (second < MASKED || second === LENGTH_64) break
    const isLong = second === LENGTH_16
    const size = isLong ? memory.readUInt16BE(at + 2) : second - MASKED
    if (maxSize > 0 && size > maxSize) break
    const mask = at + (isLong ? 4 : 2)
    const start = mask + MASK_SIZE
    const end = start + size
    if (end > length) break
    const isAscii = unmask(memory, start, end, memory, mask)
    const data = memory.subarray(start, end)
    if (first === TEXT && !isAscii && !isUtf8(data)) {
      // As it came, for ws to find the fault.
      unmask(memory, start, end, memory, mask)
      break
    }
    at = end
    if (!receiver.takeMessage(data, first === BINARY)) break
  }
  return at
}
