// For the tests of applications: clients without a server or sockets, and a clock that the test moves.

export { ManualClock } from './testing/manual-clock.ts'
export {
  HandshakeRefusedError,
  MemoryClient,
  type MemoryClientOptions,
} from './testing/memory-client.ts'
export { type Arrival, MemoryPipe } from './testing/memory-pipe.ts'
