// Programs that run beside a test and answer its questions.

export {
  type Answer,
  type Answers,
  answerQuestions,
  type Question,
  type Questions,
} from './answering.ts'
export { Child, type Exit } from './child.ts'
export { collectedMemory } from './memory.ts'
export { RUNTIME_VARIABLES, type Runtime, runtimeCommand } from './runtime.ts'
