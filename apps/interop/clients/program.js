import process from 'node:process'
import { createInterface } from 'node:readline'

/**
 * What every client is to the tests: a program that reads conversations, one line of JSON each, has
 * them, and writes a line of JSON with the outcome of each. It ends when its input ends. The two
 * formats are in test/conversation.ts.
 */
export async function answerLines(converse) {
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await converse(JSON.parse(line))))
  }
}
