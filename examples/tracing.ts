// OpenTelemetry: a span for each handshake, each message and each call of a hub. The SDK, here one that writes a line for
// each span, is chosen by whoever runs the server.

import { createServer } from 'node:http'
import {
  type Attributes,
  type Link,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import {
  NodeTracerProvider,
  SimpleSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, type HandshakeRequest } from '@wirebeat/core'
import { createHub, type Filter, HubError, hubOf } from '@wirebeat/hub'
import { z } from 'zod'

const lines: SpanExporter = {
  export(spans, done) {
    for (const span of spans) {
      const { name, attributes, links, parentSpanContext, status } = span
      const { traceId } = span.spanContext()
      const link = links[0]?.context.traceId
      const isRoot = parentSpanContext === undefined
      console.log(JSON.stringify({ name, traceId, link, isRoot, attributes, status }))
    }
    done({ code: 0 })
  },
  async shutdown() {},
}
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(lines)] })
provider.register()

const tracer = trace.getTracer('wirebeat-example')

/** What a connection remembers of its handshake. */
interface Traced {
  readonly handshake: Link
}

/** The handshake belongs to the trace of whoever made the request. */
function authorize({ headers, url }: HandshakeRequest): Traced {
  const parent = propagation.extract(ROOT_CONTEXT, { traceparent: headers.get('traceparent') })
  // A query may hold a token, which belongs in no trace.
  const attributes = { 'url.path': url.split('?')[0] ?? '' }
  const span = tracer.startSpan('handshake', { kind: SpanKind.SERVER, attributes }, parent)
  span.end()
  return { handshake: { context: span.spanContext() } }
}

/**
 * A connection lives for hours, and a trace should not. So what it brings begins a trace of its own, with a link to the
 * handshake.
 */
async function traced<T>(
  name: string,
  { handshake }: Traced,
  attributes: Attributes,
  work: () => T | Promise<T>,
): Promise<T> {
  const options = { kind: SpanKind.SERVER, root: true, links: [handshake], attributes }
  return tracer.startActiveSpan(name, options, async (span) => {
    try {
      return await work()
    } catch (error) {
      span.recordException(error as Error)
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  })
}

const echo = createEndpoint({
  path: '/ws',
  authorize,
  session: {
    message(connection, message) {
      const attributes = { connection: connection.id, length: message.length }
      return traced('message', connection.context, attributes, () => connection.send(message))
    },
  },
})

/** The first of the filters, so that its span is around the others too. */
const traceCalls: Filter<object, Traced> = ({ method, connectionId, context }, next) =>
  traced(`hub ${method}`, context, { connection: connectionId }, next)

const { method, define } = hubOf<object, Traced>()
const sums = define({
  divide: method([z.number(), z.number()], (_, a, b) =>
    // A span within a call belongs to it.
    tracer.startActiveSpan('division', (span) => {
      span.end()
      if (b === 0) throw new HubError('Division by 0.')
      return a / b
    }),
  ),
})
const hub = createHub(sums, { filters: [traceCalls] })
const calls = createEndpoint({ path: '/sums', authorize, session: hub.session })

const server = createServer()
attach(server, echo)
attach(server, calls)
server.listen(Number(process.env.PORT ?? 5000), 'localhost', () => {
  console.log('Listening on', server.address())
})

process.once('SIGTERM', async () => {
  server.close()
  await Promise.all([echo.close(), calls.close()])
  await provider.shutdown()
  server.closeAllConnections()
})
