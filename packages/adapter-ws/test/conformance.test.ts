import { testConformance } from '@wirebeat/conformance/vitest'
import { adapter } from '../src/index.ts'

testConformance(
  {
    name: adapter.engine,
    missing: adapter.missing,
    listen: (endpoint) => adapter.listen(endpoint, { host: '127.0.0.1', port: 0 }),
  },
  { resultsFile: 'conformance.json' },
)
