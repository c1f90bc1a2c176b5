import { answerQuestions } from '@wirebeat/test-support/process'
import type { GeneratorQuestions } from '../protocol.ts'
import { Crowd } from './crowd.ts'

const crowd = new Crowd()

answerQuestions<GeneratorQuestions>(undefined, {
  connect: (port, count, traffic) => crowd.connect(port, count, traffic),
  exchange: () => crowd.exchange(),
  begin: () => crowd.begin(),
  settle: () => crowd.settle(),
  report: () => crowd.report(),
  listen: (port, count, audience) => crowd.listen(port, count, audience),
  lasts: () => crowd.lasts(),
  disconnect: () => crowd.disconnect(),
})
