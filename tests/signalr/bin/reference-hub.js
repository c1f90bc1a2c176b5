#!/usr/bin/env node
import { main } from '../dist/reference/main.js'

await main(process.argv.slice(2))
