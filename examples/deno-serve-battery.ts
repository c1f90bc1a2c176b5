// The adapter of deno-serve.ts, put through the cases about origins, messages and authorize, on Deno.
import process from 'node:process'
import { runBattery, targetOf, textReporter } from '@wirebeat/conformance'
import { listen, missing } from './deno-serve.ts'

const { exitCode } = await runBattery(targetOf({ engine: 'Deno.serve', missing, listen }), {
  // A connection opens a moment after its handshake there, which cases of prepared messages do not wait for.
  name: /^origin:|^messages:(?!.*prepared)|authorize/,
  reporter: textReporter(),
})
process.exit(exitCode)
