import { testKind } from './conformance.ts'
import { redis } from './kinds.ts'
import { testLoss } from './loss.ts'

testKind(redis)
testLoss(redis)
