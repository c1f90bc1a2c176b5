// A process that serves one client, sends it away, and has nothing left to do then. Its argument is the name of the
// adapter.
import { once } from 'node:events'
import { createEndpoint, echo } from '@wirebeat/core'
import { WebSocket } from 'ws'

const { listen } = await import(`@wirebeat/adapter-${process.argv[2]}`)
const endpoint = createEndpoint({ session: echo() })
const server = await listen(endpoint, { host: '127.0.0.1' })
const client = new WebSocket(`ws://127.0.0.1:${server.port}/`)
await once(client, 'open')
const { total, causes } = await endpoint.close()
await server.close()
console.log(JSON.stringify({ total, causes }))
