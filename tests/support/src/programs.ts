// For tests of the programs that pages show.

export { Client, refusal } from './client.ts'
export { Program } from './program.ts'
