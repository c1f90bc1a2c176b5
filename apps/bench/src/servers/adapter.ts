import process from 'node:process'
import type { ListenOptions } from '@wirebeat/core/adapter'
import { loadAdapter } from '@wirebeat/test-support/adapter-names'
import { broadcaster, endpoint } from './endpoint.ts'
import { serve } from './serve.ts'
import { HOST } from './settings.ts'
import { tls } from './tls.ts'

// The list of contestants names one of them.
const { listen } = await loadAdapter(process.argv[2] ?? '')

// An option of adapter-ws alone.
const options: ListenOptions<unknown> & { readonly http2?: true } = {
  host: HOST,
  ...(tls !== undefined && { tls }),
  ...(process.argv.includes('http2') && { http2: true }),
}
serve(await listen(endpoint, options), broadcaster)
