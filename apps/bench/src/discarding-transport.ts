import {
  HeaderFields,
  type ReceivedRequest,
  type ServedEndpoint,
  type Transport,
  type TransportListener,
} from '@wirebeat/core/adapter'

/** A connection whose peer takes everything and says nothing. */
export class DiscardingTransport implements Transport {
  listener: TransportListener | undefined = undefined

  get bufferedAmount(): number {
    return 0
  }

  get backlog(): number {
    return 0
  }

  send(): 'sent' {
    return 'sent'
  }

  byteLength(text: string): number {
    return Buffer.byteLength(text)
  }

  ping(): void {}

  terminate(): void {}

  close(): void {}
}

/** Opens a connection of an endpoint that lets everybody in. */
export function open(served: ServedEndpoint, transport: DiscardingTransport): void {
  served.upgrade(receivedRequest(), {
    accept: (admission) => {
      transport.listener = admission.accept(transport)
      transport.listener.opened()
    },
    refuse: ({ body }) => fail(body),
    wait: () => fail('Nothing decides here.'),
  })
}

function fail(why: string): never {
  throw new Error(`the simulation lets everybody in. ${why}`)
}

function receivedRequest(): ReceivedRequest {
  const headers = new HeaderFields()
  headers.add('host', 'simulation.example')
  headers.add('upgrade', 'websocket')
  headers.add('connection', 'upgrade')
  headers.add('sec-websocket-version', '13')
  headers.add('sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ==')
  return { method: 'GET', url: '/', headers, remoteAddress: '127.0.0.1', secure: false }
}
