// Runs the battery as a script does, without vitest: `node plain-program.js failing` on a target where
// each case fails, `uncaught` with errors that nobody catches, else on the target in memory.
import process from 'node:process'
import { runBattery, textReporter } from '../dist/index.js'
import { memoryTarget } from '../dist/memory-target.js'

const mode = process.argv[2]
const targets = {
  failing: { ...memoryTarget, serve: () => Promise.reject(new Error('there is no server')) },
  uncaught: {
    ...memoryTarget,
    serve(endpoint) {
      setTimeout(() => {
        throw new Error('thrown where nobody catches')
      })
      return memoryTarget.serve(endpoint)
    },
  },
}

const { exitCode } = await runBattery(targets[mode] ?? memoryTarget, {
  groups: ['messages', 'sessions', 'conversations'],
  reporter: textReporter(),
})
process.exit(exitCode)
