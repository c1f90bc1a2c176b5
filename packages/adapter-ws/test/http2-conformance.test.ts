import { http2TargetOf } from '@wirebeat/conformance'
import { testCases } from '@wirebeat/conformance/vitest'
import { missing } from '../src/capabilities.ts'
import { listen } from '../src/index.ts'

const TOGETHER = {
  reason: 'Node gives all streams of a session to the network together, when the turn is over.',
  upstream: 'Node, src/node_http2.cc, MaybeScheduleWrite()',
}

testCases(
  http2TargetOf({
    engine: 'ws over HTTP/2',
    missing: {
      ...missing,
      'http-1.1': {
        reason:
          'A handshake is an extended CONNECT, over TLS, which has no Upgrade, no Connection and no key.',
        upstream: 'RFC 8441, section 5',
      },
      'immediate-write': TOGETHER,
      flush: TOGETHER,
    },
    listen(endpoint, { tls, ...options }) {
      if (tls === undefined) throw new TypeError('HTTP/2 needs TLS.')
      return listen(endpoint, { ...options, tls, http2: true })
    },
  }),
  { resultsFile: 'conformance-http2.json' },
)
