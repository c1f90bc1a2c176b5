import { type TemplatedApp, us_socket_local_port } from 'uWebSockets.js'
import type { Broadcaster } from './broadcaster.ts'
import { serve } from './serve.ts'
import { HOST } from './settings.ts'

/** Listens, and serves the benchmark's questions from then on. */
export function listenOn(app: TemplatedApp, broadcaster?: Broadcaster): void {
  app.listen(HOST, 0, (socket) => {
    if (!socket) throw new Error('the app cannot listen')
    serve({ port: us_socket_local_port(socket) }, broadcaster)
  })
}
