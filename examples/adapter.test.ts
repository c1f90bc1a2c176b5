// The adapter of adapter.ts, put through the conformance kit.
import { testConformance } from '@wirebeat/conformance/vitest'
import { adapter } from './adapter.ts'

testConformance(adapter)
