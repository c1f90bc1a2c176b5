import type { Conversation } from '../conversation/step.ts'
import { calls } from './calls.ts'
import { clientResults } from './client-results.ts'
import { clients } from './clients.ts'
import { ends } from './ends.ts'
import { framing } from './framing.ts'
import { handshake } from './handshake.ts'
import { identifier } from './identifier.ts'
import { identity } from './identity.ts'
import { jsonRecords } from './json-records.ts'
import { keepAlive } from './keep-alive.ts'
import { limits } from './limits.ts'
import { longPolling } from './long-polling.ts'
import { longPollingEnds } from './long-polling-ends.ts'
import { messagePackRecords } from './message-pack-records.ts'
import { negotiation } from './negotiation.ts'
import { overEachHttp } from './over-http.ts'
import { reconnect } from './reconnect.ts'
import { serverSentEvents } from './server-sent-events.ts'
import { streams } from './streams.ts'
import { values } from './values.ts'

/** All conversations, by the area that they ask about. */
export const areas: ReadonlyMap<string, readonly Conversation[]> = new Map([
  ['negotiation', negotiation],
  ['identifier', identifier],
  ['identity', identity],
  ['handshake', handshake],
  ['framing', framing],
  ['json-records', jsonRecords],
  ['message-pack-records', messagePackRecords],
  ['values', values],
  ['calls', calls],
  ['streams', streams],
  ['client-results', clientResults],
  ['clients', clients],
  ['limits', limits],
  ['keep-alive', keepAlive],
  ['ends', ends],
  ['reconnect', reconnect],
  ['over-http', overEachHttp],
  ['server-sent-events', serverSentEvents],
  ['long-polling', longPolling],
  ['long-polling-ends', longPollingEnds],
])
