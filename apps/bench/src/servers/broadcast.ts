import process from 'node:process'
import { Broadcaster, type Message } from './broadcaster.ts'

/** Whether the load is a broadcast, of compressed messages, past who is slow. */
export const isBroadcast: boolean = process.argv.includes('broadcast')
export const isCompressed: boolean = process.argv.includes('deflate')
export const skipsSlow: boolean = process.argv.includes('skip')

/** The broadcaster of a load that is one. */
export function broadcasterFor(publish: (message: Message) => void): Broadcaster | undefined {
  return isBroadcast ? new Broadcaster(publish) : undefined
}
