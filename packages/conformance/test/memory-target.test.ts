import { memoryTarget } from '../src/memory-target.ts'
import { testCases } from '../src/vitest.ts'

testCases(memoryTarget)
