import { testKind } from './conformance.ts'
import { testForwarding } from './forwarding.ts'
import { testHubs } from './hubs.ts'
import { redis } from './kinds.ts'
import { testLoss } from './loss.ts'

testKind(redis)
testHubs(redis)
testForwarding(redis)
testLoss(redis)
