// A development server of Vite: a plugin that serves the endpoint beside the pages. `sockets()` goes into `plugins` of
// vite.config.ts as well.
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, echo } from '@wirebeat/core'
import { createServer, type Plugin } from 'vite'

function sockets(): Plugin {
  const endpoint = createEndpoint({
    path: '/ws',
    allowedOrigins: 'same-origin',
    session: echo(),
  })
  return {
    name: 'sockets',
    configureServer({ httpServer }) {
      // There is none where Vite is the middleware of another server: attach to that one.
      if (httpServer !== null) attach(httpServer, endpoint)
    },
  }
}

const vite = await createServer({
  configFile: false,
  logLevel: 'warn',
  server: { host: 'localhost', port: Number(process.env.PORT ?? 5173) },
  plugins: [sockets()],
})
await vite.listen()
console.log('Listening on', vite.httpServer?.address())
