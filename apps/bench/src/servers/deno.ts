import { serve } from './serve.ts'
import { HEARTBEAT, HOST } from './settings.ts'

/** The part of Deno that this program uses. It has no setting for the size of a message. */
interface DenoRuntime {
  serve(
    options: {
      readonly hostname: string
      readonly port: number
      onListen(address: { readonly port: number }): void
    },
    handler: (request: unknown) => unknown,
  ): unknown
  upgradeWebSocket(
    request: unknown,
    options: { readonly idleTimeout: number },
  ): { readonly socket: DenoSocket; readonly response: unknown }
}

interface DenoSocket {
  binaryType: string
  onmessage: ((event: { readonly data: unknown }) => void) | null
  send(data: unknown): void
}

// Deno runs this program, and is what it says.
const { Deno } = globalThis as unknown as { readonly Deno: DenoRuntime }

Deno.serve({ hostname: HOST, port: 0, onListen: serve }, (request) => {
  // Deno pings twice in this time, in seconds.
  const idleTimeout = (2 * HEARTBEAT) / 1000
  const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout })
  socket.binaryType = 'arraybuffer'
  socket.onmessage = ({ data }) => socket.send(data)
  return response
})
