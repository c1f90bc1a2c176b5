import { testKind } from './conformance.ts'
import { testHubs } from './hubs.ts'
import { nats } from './kinds.ts'
import { testLoss } from './loss.ts'

testKind(nats)
testHubs(nats)
testLoss(nats)
