import { clientFrame, Opcode, serverFrame } from '@wirebeat/test-support/wire'
import type { MessageType } from './load.ts'

/**
 * What is spoken over the WebSocket. A message of `socket.io` is an event with the data as its
 * argument, in the packets of its protocol 5 over engine.io 4; the client's own library would take
 * more time than the server, so the packets are written here.
 */
export type Dialect = 'websocket' | 'socket.io'

/** One message both ways: what the client sends, and what a server that echoes answers. */
export interface Exchange {
  readonly request: Buffer
  readonly echo: Buffer
}

interface Frame {
  readonly opcode: Opcode
  readonly payload: Uint8Array
}

/** The request target of the handshake. */
export function targetOf(dialect: Dialect): string {
  return dialect === 'socket.io' ? '/socket.io/?EIO=4&transport=websocket' : '/ws'
}

export function exchangeOf(
  dialect: Dialect,
  type: MessageType,
  payload: Buffer,
  mask: number,
): Exchange {
  const frames = framesOf(dialect, type, payload)
  return {
    request: Buffer.concat(frames.map((frame) => clientFrame(frame.opcode, frame.payload, mask))),
    echo: Buffer.concat(frames.map((frame) => serverFrame(frame.opcode, frame.payload))),
  }
}

function framesOf(dialect: Dialect, type: MessageType, payload: Buffer): Frame[] {
  if (dialect === 'websocket') return [{ opcode: Opcode[type], payload }]
  if (type === 'text') return [textFrame(`42["m","${payload.toString('latin1')}"]`)]
  return [textFrame('451-["m",{"_placeholder":true,"num":0}]'), { opcode: Opcode.binary, payload }]
}

function textFrame(text: string): Frame {
  return { opcode: Opcode.text, payload: Buffer.from(text) }
}
