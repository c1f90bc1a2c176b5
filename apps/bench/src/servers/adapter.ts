import process from 'node:process'
import { loadAdapter } from '@wirebeat/test-support/adapter-names'
import { broadcaster, endpoint } from './endpoint.ts'
import { serve } from './serve.ts'
import { HOST } from './settings.ts'

// The list of contestants names one of them.
const { listen } = await loadAdapter(process.argv[2] ?? '')

serve(await listen(endpoint, { host: HOST }), broadcaster)
