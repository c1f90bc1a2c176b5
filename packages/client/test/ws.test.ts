import { listen } from '@wirebeat/adapter-ws'
import { testAdapter } from './adapters.ts'

testAdapter('ws', listen)
