// A relay in a process of its own, for the network namespace that it is started in.
import process from 'node:process'
import { answerQuestions } from '@wirebeat/test-support/process'
import { type RelayOptions, relay } from './relay.ts'

// Only the tests start this, with options that have been type-checked there.
const { port } = await relay(JSON.parse(process.argv[2] ?? '') as RelayOptions)
answerQuestions({ port }, {})
