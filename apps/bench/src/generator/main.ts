import { answerQuestions, moment } from '../answering.ts'
import type { GeneratorQuestions } from '../protocol.ts'
import { Crowd } from './crowd.ts'

type Asked = {
  [Name in keyof GeneratorQuestions]: { readonly ask: Name } & GeneratorQuestions[Name]['question']
}[keyof GeneratorQuestions]

const crowd = new Crowd()

answerQuestions<Asked>({}, async (question) => {
  switch (question.ask) {
    case 'connect':
      return { took: await crowd.connect(question.port, question.count, question.traffic) }
    case 'exchange':
      crowd.exchange()
      return moment()
    case 'begin':
      crowd.begin()
      return moment()
    case 'report':
      return crowd.report()
    case 'disconnect':
      await crowd.disconnect()
      return moment()
  }
})
