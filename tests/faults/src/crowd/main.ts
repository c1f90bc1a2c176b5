// A process full of clients, for a test to drive.
import { answerQuestions } from '@wirebeat/test-support/process'
import { Standstills } from '../standstills.ts'
import { Group } from './group.ts'
import type { CrowdQuestions } from './protocol.ts'

const standstills = new Standstills()
const groups = new Map<string, Group>()

function groupOf(name: string): Group {
  const group = groups.get(name) ?? new Group()
  groups.set(name, group)
  return group
}

answerQuestions<CrowdQuestions>(undefined, {
  connect: (group, count, options) => groupOf(group).connect(count, options),
  handshakes: (group) => groupOf(group).handshakes(),
  exchange: (group, pace) => groupOf(group).exchange(pace),
  hush: (group) => groupOf(group).hush(),
  flood: (group, messageSize) => groupOf(group).flood(messageSize),
  swamp: (group, kind) => groupOf(group).swamp(kind),
  begin: (group) => groupOf(group).begin(),
  report: (group) => groupOf(group).report(),
  closes: (group) => groupOf(group).closes(),
  standstills: () => standstills.all,
  async leave(group, how) {
    await groupOf(group).leave(how)
    groups.delete(group)
  },
})
