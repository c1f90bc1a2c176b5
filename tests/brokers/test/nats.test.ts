import { testKind } from './conformance.ts'
import { nats } from './kinds.ts'
import { testLoss } from './loss.ts'

testKind(nats)
testLoss(nats)
