// The adapter of adapter.ts, put through the conformance kit.
import { testConformance } from '@wirebeat/conformance/vitest'
import { missingCapabilities, serve } from './adapter.ts'

testConformance({
  name: 'the example',
  missing: missingCapabilities,
  listen: (endpoint) => serve(endpoint, 0),
})
