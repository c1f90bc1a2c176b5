import { testConformance } from '@wirebeat/conformance/vitest'
import { adapter } from '../src/index.ts'

testConformance(adapter, { resultsFile: 'conformance.json' })
