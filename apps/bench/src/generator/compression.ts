import { constants, deflateRawSync } from 'node:zlib'
import { clientFrame, Opcode } from '@wirebeat/test-support/wire'

/** What a client offers that wants compression (RFC 7692): each message is compressed by itself. */
export const OFFER: Readonly<Record<string, string>> = {
  'Sec-WebSocket-Extensions':
    'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
}

const RSV1 = 0x40
/** What every message would end with, and is left out of it (RFC 7692, section 7.2.1). */
const TAIL_LENGTH = 4

/** A text message as a client sends it compressed. */
export function compressedFrame(text: Uint8Array, mask: number): Buffer {
  const deflated = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH })
  const frame = clientFrame(Opcode.text, deflated.subarray(0, -TAIL_LENGTH), mask)
  frame[0] = (frame[0] ?? 0) | RSV1
  return frame
}
