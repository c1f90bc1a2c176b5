import type { Server } from 'node:http'
import type { Broadcaster } from './broadcaster.ts'
import { serve } from './serve.ts'
import { HOST } from './settings.ts'

/** Listens, and serves the benchmark's questions from then on. */
export async function listenOn(server: Server, broadcaster?: Broadcaster): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  serve(address, broadcaster)
}
