import { listen } from '@wirebeat/adapter-uws'
import { testAdapter } from './adapters.ts'

testAdapter('uws', listen)
