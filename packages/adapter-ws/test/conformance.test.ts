import { testConformance } from '@wirebeat/conformance/vitest'
import { listen, missingCapabilities } from '../src/index.ts'

testConformance(
  {
    name: 'ws',
    missing: missingCapabilities,
    listen: (endpoint) => listen(endpoint, { host: '127.0.0.1', port: 0 }),
  },
  { resultsFile: 'conformance.json' },
)
