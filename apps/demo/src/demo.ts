import { createEndpoint, type Endpoint, echo, echoLoop, OptionError } from '@wirebeat/core'
import type { DemoOptions } from './command-line.ts'
import { ConnectionNumbers } from './connection-numbers.ts'
import { logEvents } from './log.ts'
import { type Resource, readChatPage, readPage } from './page.ts'
import { serve } from './serve.ts'
import { allowWithToken, ServerView, type ViewToken } from './server-view.ts'
import type { Stats } from './stats.ts'

/** How long clients may take to close when the demo ends, in milliseconds. */
const SHUTDOWN_DEADLINE = 5_000

/** The demo, while it runs. */
export interface RunningDemo {
  readonly url: string
  /** Closes all connections, and resolves when the last one has ended. */
  stop(): Promise<void>
}

/**
 * Starts the demo.
 *
 * @throws OptionError for an option that the endpoint refuses, Error when it cannot listen.
 */
export async function startDemo(
  { adapter, session, transports, host, port, tls, metrics, endpoint: options }: DemoOptions,
  write: (line: string) => void,
): Promise<RunningDemo> {
  const numbers = new ConnectionNumbers()
  // What takes long to load is loaded where it is asked for.
  const stats = metrics ? new (await import('./stats.ts')).Stats() : undefined
  const chat = session === 'chat' ? await makeChat(numbers, transports, stats) : undefined
  const endpoint = createEndpoint<ViewToken>({
    ...options,
    authorize: allowWithToken,
    session: chat?.hub.session ?? (session === 'echo' ? echo() : echoLoop()),
    ...(chat && { httpTransports: chat.httpTransports }),
  })
  const values = {
    path: options.path,
    adapter: `adapter ${adapter}`,
    page: chat ? 'Chat page' : 'Echo page',
    metrics: metrics ? 'yes' : 'no',
    noMetrics: metrics ? 'no' : 'yes',
    settings: JSON.stringify(settings(endpoint, options)),
  }
  const view = new ServerView(numbers)
  endpoint.on('open', (connection) => view.opened(connection))
  endpoint.on('close', (connection, event) => view.closed(connection, event))
  const page = new Map<string, Resource>([
    ...(await (chat ? readChatPage(values) : readPage(values))),
    ...(stats ? await stats.resources(endpoint, values) : []),
    ['/connections.json', (query) => ({ type: 'application/json', body: view.json(query) })],
  ])
  if (page.has(options.path)) {
    throw new OptionError(
      'path',
      `path must differ from the paths of the page, got "${options.path}".`,
    )
  }
  logEvents(endpoint, numbers, write)
  const listening = await serve({ adapter, endpoint, page, host, port, tls })

  const name = host.includes(':') ? `[${host}]` : host
  const url = `${tls === undefined ? 'http' : 'https'}://${name}:${listening.port}`
  return {
    url,
    async stop() {
      const { size } = endpoint.connections
      if (size > 0)
        write(`stop    closing ${size} connections within ${SHUTDOWN_DEADLINE / 1000} s`)
      await endpoint.close({ deadline: SHUTDOWN_DEADLINE })
      await listening.close()
      await chat?.hub.close()
    },
  }
}

/** The hub of the chat, and by what it is reached. */
async function makeChat(
  numbers: ConnectionNumbers,
  transports: DemoOptions['transports'],
  stats: Stats | undefined,
) {
  const [{ createChat }, { httpTransports }] = await Promise.all([
    import('./chat.ts'),
    import('@wirebeat/http-transports'),
  ])
  return {
    hub: createChat(numbers, stats ? [stats.measureCalls()] : []),
    httpTransports: httpTransports({ ...(transports && { transports }) }),
  }
}

/** The settings of the endpoint that the page shows. */
function settings(
  { options: { keepAliveInterval, clientTimeout, aliveOn, maxMessageSize } }: Endpoint<ViewToken>,
  { heartbeatMessage }: DemoOptions['endpoint'],
): Readonly<Record<string, unknown>> {
  return { heartbeatMessage, keepAliveInterval, clientTimeout, aliveOn, maxMessageSize }
}
