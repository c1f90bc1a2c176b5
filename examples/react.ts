// A page of React that is rendered on the server, and components that share one socket.
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint } from '@wirebeat/core'
import { createTopics } from '@wirebeat/topics'
import { build } from 'esbuild'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { App } from './react-app.js'

const topics = createTopics()
let count = 0

const endpoint = createEndpoint({
  path: '/ws',
  allowedOrigins: 'same-origin',
  keepAliveInterval: 25_000,
  heartbeatMessage: 'beat',
  session: {
    open(connection) {
      topics.subscribe(connection, 'count')
      return connection.send(`${count}`)
    },
    message() {
      topics.publish('count', `${++count}`)
    },
  },
})

// An application has a bundler of its own for this.
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('react-page.js', import.meta.url))],
  bundle: true,
  format: 'esm',
  write: false,
})
const script = outputFiles[0]?.text ?? ''

const server = createServer((request, response) => {
  const isScript = request.url === '/page.js'
  const html = `<!doctype html>
<title>Everybody counts</title>
<div id="root">${renderToString(createElement(App))}</div>
<script type="module" src="/page.js"></script>`
  response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
  response.end(isScript ? script : html)
})
attach(server, endpoint).listen(Number(process.env.PORT ?? 5000), 'localhost', () => {
  console.log('Listening on', server.address())
})

process.once('SIGTERM', async () => {
  server.close()
  await endpoint.close()
  server.closeAllConnections()
})
