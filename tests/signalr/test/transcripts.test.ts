import { adapters, can } from '@wirebeat/test-support'
import { beforeAll, describe, expect, test } from 'vitest'
import { compare, type Transcripts } from '../src/compare.ts'
import type { Conversation } from '../src/conversation/step.ts'
import { areas } from '../src/conversations/index.ts'
import { playAll } from '../src/play/campaign.ts'
import { startReferenceHub } from '../src/reference/reference-hub.ts'
import { readTranscripts } from '../src/transcripts.ts'

const expected: Transcripts = new Map([...readTranscripts('net10'), ...readTranscripts('wirebeat')])

describe.each(adapters)(
  'the hub on adapter-$name says what ASP.NET Core 10 has said',
  (adapter) => {
    let found: Transcripts
    const isPossible = ({ needs }: Conversation) => needs === undefined || can(adapter, needs)

    beforeAll(async () => {
      const server = await startReferenceHub(adapter)
      try {
        found = await playAll([...areas.values()].flat().filter(isPossible), server.origin)
      } finally {
        await server.stop()
      }
    })

    test.each([...areas])('about %s', (_, conversations) => {
      const differences = compare(conversations.filter(isPossible), expected, found)
      expect(differences.map((lines) => lines.join('\n')).join('\n\n')).toBe('')
    })
  },
)
