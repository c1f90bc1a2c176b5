import { listen } from '@wirebeat/adapter-bun'
import { broadcaster, endpoint } from './endpoint.ts'
import { serve } from './serve.ts'
import { HOST } from './settings.ts'

serve(await listen(endpoint, { host: HOST }), broadcaster)
