// A process full of clients that connect again, for a test to drive.
import { answerQuestions } from '@wirebeat/bench/answering'
import type { ReconnectingQuestions } from './protocol.ts'
import { Standstills } from './standstills.ts'
import { Talker } from './talker.ts'

type Asked = {
  [Name in keyof ReconnectingQuestions]: {
    readonly ask: Name
  } & ReconnectingQuestions[Name]['question']
}[keyof ReconnectingQuestions]

const standstills = new Standstills()
const talkers = new Map<string, Talker>()

answerQuestions<Asked>({}, async (question) => {
  if (question.ask === 'connect') {
    for (const name of question.names) talkers.set(name, new Talker(name, question))
    return {}
  }
  if (question.ask === 'standstills') return { standstills: standstills.all }
  const asked = question.names.flatMap((name) => talkers.get(name) ?? [])
  switch (question.ask) {
    case 'open':
      return { open: asked.filter(({ isOpen }) => isOpen).length }
    case 'diaries':
      return { diaries: asked.map(({ diary }) => diary) }
    case 'close':
      await Promise.all(asked.map((talker) => talker.close()))
      return {}
  }
})
