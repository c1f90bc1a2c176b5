import type { Endpoint } from '@wirebeat/core'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** The figures of an endpoint, in the text format of Prometheus. */
export class Metrics {
  readonly #endpoint: Pick<Endpoint, 'stats' | 'on'>
  readonly #registry = new Registry()
  readonly #connections = this.#gauge('connections', 'Connections that have not ended.')
  readonly #opened = this.#counter('connections_opened_total', 'Connections that were opened.')
  readonly #ends = this.#counter('ends_total', 'Connections that have ended, by cause.', 'cause')
  readonly #refusals = this.#counter('refusals_total', 'Requests refused, by reason.', 'reason')
  readonly #pendingHandshakes = this.#gauge(
    'pending_handshakes',
    'Handshakes that wait for a decision.',
  )
  readonly #lingering = this.#gauge('lingering', 'Refused clients that have not hung up.')
  readonly #receivedMessages = this.#counter('received_messages_total', 'Messages received.')
  readonly #receivedBytes = this.#counter('received_bytes_total', 'Bytes of messages received.')
  readonly #sentMessages = this.#counter('sent_messages_total', 'Messages accepted for sending.')
  readonly #sentBytes = this.#counter('sent_bytes_total', 'Bytes of messages accepted for sending.')
  readonly #bufferedBytes = this.#gauge('buffered_bytes', 'Bytes that wait for the network.')
  readonly #pings = this.#counter('pings_sent_total', 'Pings sent.')
  readonly #shuttingDown = this.#gauge(
    'shutting_down',
    '1 while the endpoint shuts down and connections are left, else 0.',
  )

  constructor(endpoint: Pick<Endpoint, 'stats' | 'on'>) {
    this.#endpoint = endpoint
    const { buckets } = endpoint.stats().pings.roundTripTime
    const roundTrip = new Histogram({
      name: 'wirebeat_ping_round_trip_seconds',
      help: 'Time from a ping to its answer.',
      buckets: buckets.map(({ upTo }) => upTo / 1000),
      registers: [this.#registry],
    })
    // The library cannot take a histogram that was made elsewhere.
    endpoint.on('roundTrip', (_, milliseconds) => roundTrip.observe(milliseconds / 1000))
    // The event loop and the memory of the process, which often explain slow answers.
    collectDefaultMetrics({ register: this.#registry })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    const { connections, ends, refusals, received, sent, ...others } = this.#endpoint.stats()
    this.#connections.set(connections.open)
    set(this.#opened, connections.opened)
    setEach(this.#ends, 'cause', ends)
    setEach(this.#refusals, 'reason', refusals)
    this.#pendingHandshakes.set(others.pendingHandshakes)
    this.#lingering.set(others.lingering)
    set(this.#receivedMessages, received.messages)
    set(this.#receivedBytes, received.bytes)
    set(this.#sentMessages, sent.messages)
    set(this.#sentBytes, sent.bytes)
    this.#bufferedBytes.set(others.bufferedBytes)
    set(this.#pings, others.pings.sent)
    this.#shuttingDown.set((others.shutdown?.remaining ?? 0) > 0 ? 1 : 0)
    return this.#registry.metrics()
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name: `wirebeat_${name}`, help, registers: [this.#registry] })
  }

  #counter(name: string, help: string, ...labelNames: readonly string[]): Counter {
    return new Counter({ name: `wirebeat_${name}`, help, labelNames, registers: [this.#registry] })
  }
}

/** Sets a counter of the library, which can only be increased. */
function set(counter: Counter, value: number): void {
  counter.reset()
  counter.inc(value)
}

function setEach(counter: Counter, label: string, counts: Readonly<Record<string, number>>): void {
  counter.reset()
  for (const [name, count] of Object.entries(counts)) counter.inc({ [label]: name }, count)
}
