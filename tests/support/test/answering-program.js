// A program for the test of `Child`, which runs it as built.
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { answerQuestions } from '../dist/process.js'

console.log('what a library says is no answer')
answerQuestions('ready', {
  after: (milliseconds) => delay(milliseconds, milliseconds),
  fail(why) {
    throw new Error(why)
  },
  end(code) {
    console.error('last words')
    process.exit(code)
  },
})
