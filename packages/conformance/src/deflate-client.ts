import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { Opcode } from './frame.ts'
import type { HttpResponse } from './http.ts'
import type { RawClient } from './raw-client.ts'
import { handshake, TcpWebSocketClient } from './web-socket-client.ts'

/** What ends the compressed data of a message, and is left out on the wire (RFC 7692, 7.2.1). */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff)

/** Compresses the payload of a message as RFC 7692, section 7.2.1, asks. */
export function deflatePayload(payload: string | Uint8Array): Buffer {
  const data = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH })
  return data.subarray(0, data.length - TAIL.length)
}

/** How a client inflates. */
export interface InflateOptions {
  /** The window, as the exponent of two; what looks back further is an error. Default: 15. */
  readonly windowBits?: number
}

/** The reverse (RFC 7692, section 7.2.2). */
export function inflatePayload(payload: Uint8Array, options: InflateOptions = {}): Buffer {
  const data = Buffer.concat([payload, TAIL])
  return inflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH, ...options })
}

/** A message of the server, as it was before compression. */
export interface InflatedMessage {
  readonly payload: Buffer
  readonly wasCompressed: boolean
  /** Bytes that it took on the wire, without the header. */
  readonly wireLength: number
}

/** A client that has offered permessage-deflate, and takes compressed messages (RFC 7692). */
export class DeflateClient extends TcpWebSocketClient {
  constructor(raw: RawClient, response: HttpResponse) {
    super(raw, response, { allowRsv1: true })
  }

  /** What the server has agreed to; empty without compression. */
  get extensions(): string {
    return this.response.headers.get('sec-websocket-extensions') ?? ''
  }

  /** Sends one message, compressed. */
  sendCompressed(opcode: number, payload: string | Uint8Array): void {
    this.send({ opcode, rsv: 4, payload: deflatePayload(payload) })
  }

  /** The next message, which must come in one frame. */
  async inflated(options?: InflateOptions): Promise<InflatedMessage> {
    const frame = await this.frame()
    if ((frame.opcode !== Opcode.Text && frame.opcode !== Opcode.Binary) || !frame.fin) {
      throw new Error(`waiting for a message, got a frame with opcode ${frame.opcode}`)
    }
    const wasCompressed = frame.rsv1 ?? false
    const payload = wasCompressed ? inflatePayload(frame.payload, options) : frame.payload
    return { payload, wasCompressed, wireLength: frame.payload.length }
  }
}

/** Opens a WebSocket with this offer of extensions. */
export async function openDeflating(raw: RawClient, offer: string): Promise<DeflateClient> {
  const headers = { 'Sec-WebSocket-Extensions': offer }
  return new DeflateClient(raw, await handshake(raw, { headers }))
}
