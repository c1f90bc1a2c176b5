// A worker thread that loads the engine, and tells what it was warned of.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'
import { loadEngine } from '@wirebeat/adapter-uws'

const warnings = []
process.on('warning', ({ message }) => warnings.push(message))
await loadEngine()
await nextTurn()
parentPort?.postMessage(warnings)
