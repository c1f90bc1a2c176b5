import process from 'node:process'
import { createInterface } from 'node:readline'

/**
 * What every client is to the tests: a program that says when it is ready, then answers questions, one
 * line of JSON each, as `answerQuestions` of the benchmark does. The only question is `converse`, with a list of
 * conversations to have at once. It ends when its input ends. The formats of conversation and outcome are in
 * test/conversation.ts.
 */
export async function answerLines(converseAll) {
  const say = (answer) => console.log(JSON.stringify({ answer }))
  say('ready')
  for await (const line of createInterface({ input: process.stdin })) {
    const { args } = JSON.parse(line)
    say(await converseAll(...args))
  }
}

/** Answers for clients that have each conversation by itself. */
export function answerOneByOne(converse) {
  return answerLines((conversations) => Promise.all(conversations.map(converse)))
}
