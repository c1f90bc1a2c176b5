import type { Case } from '../case.ts'
import { admissionCases } from './admission.ts'
import { authorizationCases } from './authorization.ts'
import { backpressureCases } from './backpressure.ts'
import { badRequestCases } from './bad-requests.ts'
import { closePayloadCases } from './close-payloads.ts'
import { closingCases } from './closing.ts'
import { closingInHandlersCases } from './closing-in-handlers.ts'
import { compressionCases } from './compression.ts'
import { compressionFaultCases } from './compression-faults.ts'
import { controlFrameCases } from './control-frames.ts'
import { conversationCases } from './conversations.ts'
import { flushCases } from './flush.ts'
import { fragmentCases } from './fragments.ts'
import { framingCases } from './framing.ts'
import { handshakeCases } from './handshake.ts'
import { headerFieldCases } from './header-fields.ts'
import { heartbeatCases } from './heartbeat.ts'
import { hostCases } from './hosts.ts'
import { lengthCases } from './lengths.ts'
import { limitCases } from './limits.ts'
import { messageCases } from './messages.ts'
import { originCases } from './origin.ts'
import { pathCases } from './paths.ts'
import { plainRequestCases } from './plain-requests.ts'
import { preparedCases } from './prepared.ts'
import { proxyCases } from './proxies.ts'
import { refusedCases } from './refused.ts'
import { requestTimeCases } from './request-time.ts'
import { reservedCases } from './reserved.ts'
import { segmentCases } from './segments.ts'
import { serverClosingCases } from './server-closing.ts'
import { sessionCases } from './sessions.ts'
import { shutdownCases } from './shutdown.ts'
import { signsOfLifeCases } from './signs-of-life.ts'
import { statsCases } from './stats.ts'
import { utf8Cases } from './utf8.ts'

/** The whole battery. */
export const cases: readonly Case[] = [
  ...handshakeCases,
  ...headerFieldCases,
  ...badRequestCases,
  ...admissionCases,
  ...authorizationCases,
  ...refusedCases,
  ...requestTimeCases,
  ...hostCases,
  ...originCases,
  ...proxyCases,
  ...pathCases,
  ...messageCases,
  ...preparedCases,
  ...compressionCases,
  ...fragmentCases,
  ...sessionCases,
  ...heartbeatCases,
  ...signsOfLifeCases,
  ...closingCases,
  ...closePayloadCases,
  ...serverClosingCases,
  ...closingInHandlersCases,
  ...framingCases,
  ...reservedCases,
  ...controlFrameCases,
  ...lengthCases,
  ...utf8Cases,
  ...segmentCases,
  ...limitCases,
  ...compressionFaultCases,
  ...backpressureCases,
  ...flushCases,
  ...shutdownCases,
  ...statsCases,
  ...plainRequestCases,
  ...conversationCases,
]
