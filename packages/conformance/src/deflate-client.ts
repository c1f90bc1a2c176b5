import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { type ClientFrame, encodeFrame, FrameReader, Opcode, type ServerFrame } from './frame.ts'
import type { HttpResponse } from './http.ts'
import type { RawClient } from './raw-client.ts'
import { type RequestOptions, request, WebSocketClient } from './web-socket-client.ts'

/** What ends the compressed data of a message, and is left out on the wire (RFC 7692, 7.2.1). */
const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff)

/** Compresses the payload of a message as RFC 7692, section 7.2.1, asks. */
export function deflatePayload(payload: string | Uint8Array): Buffer {
  const data = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH })
  return data.subarray(0, data.length - TAIL.length)
}

/** The reverse (RFC 7692, section 7.2.2). */
export function inflatePayload(payload: Uint8Array): Buffer {
  return inflateRawSync(Buffer.concat([payload, TAIL]), { finishFlush: constants.Z_SYNC_FLUSH })
}

/** A message of the server, as it was before compression. */
export interface InflatedMessage {
  readonly payload: Buffer
  readonly wasCompressed: boolean
  /** Bytes that it took on the wire, without the header. */
  readonly wireLength: number
}

/** A client that has offered permessage-deflate, and takes compressed messages (RFC 7692). */
export class DeflateClient extends WebSocketClient {
  readonly #reader = new FrameReader({ allowRsv1: true })

  constructor(raw: RawClient, response: HttpResponse) {
    super(raw, response, {})
    raw.handTo((chunk) => {
      try {
        for (const frame of this.#reader.push(chunk)) this.take(frame)
      } catch (error) {
        this.breakOff(error)
      }
    })
  }

  /** What the server has agreed to; empty without compression. */
  get extensions(): string {
    return this.response.headers.get('sec-websocket-extensions') ?? ''
  }

  override send(...frames: readonly ClientFrame[]): void {
    this.write(Buffer.concat(frames.map(encodeFrame)))
  }

  /** Sends one message, compressed. */
  sendCompressed(opcode: number, payload: string | Uint8Array): void {
    this.send({ opcode, rsv: 4, payload: deflatePayload(payload) })
  }

  /** The next message, which must come in one frame. */
  async inflated(): Promise<InflatedMessage> {
    const frame: ServerFrame = await this.frame()
    if ((frame.opcode !== Opcode.Text && frame.opcode !== Opcode.Binary) || !frame.fin) {
      throw new Error(`waiting for a message, got a frame with opcode ${frame.opcode}`)
    }
    const wasCompressed = frame.rsv1 ?? false
    const payload = wasCompressed ? inflatePayload(frame.payload) : frame.payload
    return { payload, wasCompressed, wireLength: frame.payload.length }
  }
}

/** Opens a WebSocket with this offer of extensions. */
export async function openDeflating(
  raw: RawClient,
  offer: string,
  options: RequestOptions = {},
): Promise<DeflateClient> {
  const headers = { ...options.headers, 'Sec-WebSocket-Extensions': offer }
  const { response } = await request(raw, 80, { ...options, headers })
  if (response.status !== 101) throw new Error(`the handshake was refused with ${response.status}`)
  return new DeflateClient(raw, response)
}
