// A process full of clients, for a test to drive.
import { answerQuestions } from '@wirebeat/bench/answering'
import { Group } from './group.ts'
import type { CrowdQuestions } from './protocol.ts'

type Asked = {
  [Name in keyof CrowdQuestions]: { readonly ask: Name } & CrowdQuestions[Name]['question']
}[keyof CrowdQuestions]

const groups = new Map<string, Group>()

function groupOf(name: string): Group {
  const group = groups.get(name) ?? new Group()
  groups.set(name, group)
  return group
}

answerQuestions<Asked>({}, async (question) => {
  const group = groupOf(question.group)
  switch (question.ask) {
    case 'connect':
      return group.connect(question)
    case 'handshakes':
      return group.handshakes()
    case 'exchange':
      group.exchange(question.pace)
      return {}
    case 'hush':
      group.hush()
      return {}
    case 'flood':
      group.flood(question.messageSize)
      return {}
    case 'begin':
      group.begin()
      return {}
    case 'report':
      return group.report()
    case 'closes':
      return group.closes()
    case 'leave':
      await group.leave(question.how)
      groups.delete(question.group)
      return {}
  }
})
