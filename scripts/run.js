// Runs tasks that take long by turbo, and shows all that they write.
//
//   node scripts/run.js TASK... [options of turbo]
import { Tasks } from './tasks.js'

const isFine = await new Tasks({ showsOutput: true }).run([process.argv.slice(2)])
process.exitCode = isFine ? 0 : 1
