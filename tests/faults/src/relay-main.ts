// A relay in a process of its own, for the network namespace that it is started in.
import process from 'node:process'
import { answerQuestions } from '@wirebeat/test-support/process'
import { type RelayOptions, relay } from './relay.ts'
import { type Standstill, Standstills } from './standstills.ts'

/** What a test asks of a relay. */
export interface RelayQuestions {
  /** When the process had no turn. */
  standstills(): readonly Standstill[]
}

// Only the tests start this, with options that have been type-checked there.
const { port } = await relay(JSON.parse(process.argv[2] ?? '') as RelayOptions)
const standstills = new Standstills()
answerQuestions<RelayQuestions>({ port }, { standstills: () => standstills.all })
