// What an application's own tests are written with: no server, no sockets, and time that the test drives.

export { ManualClock } from './testing/manual-clock.ts'
export {
  HandshakeRefusedError,
  MemoryClient,
  type MemoryClientOptions,
} from './testing/memory-client.ts'
export { type Arrival, MemoryPipe } from './testing/memory-pipe.ts'
