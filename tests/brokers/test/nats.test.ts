import { testKind } from './conformance.ts'
import { testForwarding } from './forwarding.ts'
import { testHubs } from './hubs.ts'
import { nats } from './kinds.ts'
import { testLoss } from './loss.ts'

testKind(nats)
testHubs(nats)
testForwarding(nats)
testLoss(nats)
