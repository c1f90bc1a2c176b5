import {
  type CloseEvent,
  type Connection,
  createEndpoint,
  type EndpointOptions,
} from '@wirebeat/core'
import type { Adapter } from '@wirebeat/test-support'
import { httpTransports } from '../../src/index.ts'
import type { HttpTransportsOptions } from '../../src/options.ts'

const END = '\x1e'

/** As much of a hub as a client needs: it answers each call with its first argument. */
function answer(connection: Connection, text: string): void {
  for (const record of text.split(END).slice(0, -1)) {
    const { type, invocationId, arguments: given } = JSON.parse(record)
    if (type === undefined) connection.send(`{}${END}`)
    if (type === 1) {
      connection.send(JSON.stringify({ type: 3, invocationId, result: given[0] }) + END)
    }
  }
}

/** Serves it at `/hub`. */
export async function serveHub(
  { listen }: Pick<Adapter, 'listen'>,
  transports: HttpTransportsOptions = {},
  options: Partial<EndpointOptions<unknown>> = {},
) {
  const opened: Connection[] = []
  const ends: CloseEvent[] = []
  const endpoint = createEndpoint<unknown>({
    path: '/hub',
    authorize: () => 'anybody',
    session: {
      open: (connection) => opened.push(connection),
      message: (connection, message) =>
        answer(
          connection,
          typeof message === 'string' ? message : new TextDecoder().decode(message),
        ),
      close: (_connection, event) => ends.push(event),
    },
    httpTransports: httpTransports(transports),
    ...options,
  })
  const server = await listen(endpoint, { host: '127.0.0.1', port: 0 })
  return {
    endpoint,
    opened,
    ends,
    url: `http://127.0.0.1:${server.port}/hub`,
    async close() {
      await endpoint.close({ deadline: 0 })
      await server.close()
    },
  }
}
