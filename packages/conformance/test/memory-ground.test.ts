import { memoryGround } from '../src/memory-ground.ts'
import { testCases } from '../src/vitest.ts'

testCases(memoryGround)
