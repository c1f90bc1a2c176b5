import type { Case } from '../case.ts'
import { admissionCases } from './admission.ts'
import { backpressureCases } from './backpressure.ts'
import { closingCases } from './closing.ts'
import { fragmentCases } from './fragments.ts'
import { framingCases } from './framing.ts'
import { handshakeCases } from './handshake.ts'
import { heartbeatCases } from './heartbeat.ts'
import { limitCases } from './limits.ts'
import { messageCases } from './messages.ts'
import { originCases } from './origin.ts'
import { serverClosingCases } from './server-closing.ts'
import { sessionCases } from './sessions.ts'
import { shutdownCases } from './shutdown.ts'
import { signsOfLifeCases } from './signs-of-life.ts'

/** The whole battery. */
export const cases: readonly Case[] = [
  ...handshakeCases,
  ...admissionCases,
  ...originCases,
  ...messageCases,
  ...fragmentCases,
  ...sessionCases,
  ...heartbeatCases,
  ...signsOfLifeCases,
  ...closingCases,
  ...serverClosingCases,
  ...framingCases,
  ...limitCases,
  ...backpressureCases,
  ...shutdownCases,
]
