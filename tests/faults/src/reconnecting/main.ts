// A process full of clients that connect again, for a test to drive.
import { answerQuestions } from '@wirebeat/test-support/process'
import { Standstills } from '../standstills.ts'
import type { ReconnectingQuestions } from './protocol.ts'
import { Talker } from './talker.ts'

const standstills = new Standstills()
const talkers = new Map<string, Talker>()

function called(names: readonly string[]): readonly Talker[] {
  return names.flatMap((name) => talkers.get(name) ?? [])
}

answerQuestions<ReconnectingQuestions>(undefined, {
  connect({ names, ...how }) {
    for (const name of names) talkers.set(name, new Talker(name, how))
  },
  open: (names) => called(names).filter(({ isOpen }) => isOpen).length,
  diaries: (names) => called(names).map(({ diary }) => diary),
  standstills: () => standstills.all,
  async close(names) {
    await Promise.all(called(names).map((talker) => talker.close()))
  },
})
