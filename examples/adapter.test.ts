// The adapter of adapter.ts, put through the conformance kit.
import { testConformance } from '@wirebeat/conformance/vitest'
import { adapter } from './adapter.ts'

testConformance({
  name: adapter.name,
  missing: adapter.missing,
  listen: (endpoint) => adapter.listen(endpoint, { host: '127.0.0.1', port: 0 }),
})
