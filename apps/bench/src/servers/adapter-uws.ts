import { listen } from '@wirebeat/adapter-uws'
import { benchEndpoint } from './endpoint.ts'
import { serve } from './serve.ts'
import { HOST } from './settings.ts'

serve(await listen(benchEndpoint(), { host: HOST }))
