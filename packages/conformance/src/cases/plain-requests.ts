import { type Case, inGroup, needing } from '../case.ts'
import { answers } from './plain-request-answers.ts'
import { bodies } from './plain-request-bodies.ts'
import { claims } from './plain-request-claims.ts'
import { decisions } from './plain-request-decisions.ts'
import { onOneConnection } from './plain-request-sequences.ts'
import { streams } from './plain-request-streams.ts'

/** What is answered to requests that ask for no WebSocket, by who is asked for it. */
export const plainRequestCases: readonly Case[] = inGroup(
  'plain requests',
  needing(
    'wire',
    needing('plain-requests', [
      ...answers,
      ...onOneConnection,
      ...bodies,
      ...streams,
      ...decisions,
      ...claims,
    ]),
  ),
)
