import { broadcasterFor, isCompressed } from './broadcast.ts'
import { serve } from './serve.ts'
import {
  ENGINE_IDLE_TIMEOUT,
  HOST,
  MAX_BUFFERED_AMOUNT,
  MAX_MESSAGE_SIZE,
  TOPIC,
} from './settings.ts'

/** The part of Bun that this program uses. */
interface BunRuntime {
  serve(options: {
    readonly hostname: string
    readonly port: number
    fetch(request: unknown, server: BunServer): unknown
    readonly websocket: {
      readonly maxPayloadLength: number
      readonly backpressureLimit: number
      readonly idleTimeout: number
      readonly sendPings: boolean
      readonly perMessageDeflate: boolean
      open(socket: BunSocket): void
      message(socket: BunSocket, message: string | Uint8Array): void
    }
  }): BunServer
}

interface BunServer {
  readonly port: number
  upgrade(request: unknown): boolean
  publish(topic: string, message: string, compress: boolean): number
}

interface BunSocket {
  send(message: string | Uint8Array, compress: boolean): number
  subscribe(topic: string): void
}

// Bun runs this program, and is what it says.
const { Bun } = globalThis as unknown as { readonly Bun: BunRuntime }

const server = Bun.serve({
  hostname: HOST,
  port: 0,
  fetch: (request, server) =>
    server.upgrade(request) ? undefined : new Response('Upgrade required', { status: 426 }),
  websocket: {
    maxPayloadLength: MAX_MESSAGE_SIZE,
    backpressureLimit: MAX_BUFFERED_AMOUNT,
    idleTimeout: ENGINE_IDLE_TIMEOUT,
    sendPings: true,
    perMessageDeflate: isCompressed,
    open(socket) {
      if (broadcaster !== undefined) socket.subscribe(TOPIC)
    },
    message(socket, message) {
      if (broadcaster === undefined) socket.send(message, isCompressed)
      else broadcaster.arrived()
    },
  },
})
const broadcaster = broadcasterFor(({ text }) => void server.publish(TOPIC, text, isCompressed))

serve(server, broadcaster)
