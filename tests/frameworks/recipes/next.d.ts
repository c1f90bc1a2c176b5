// What the recipe and the documentation use of Next.js, which is too large to be installed for a page of it.
import type { IncomingMessage, ServerResponse } from 'node:http'

interface NextApp {
  prepare(): Promise<void>
  getRequestHandler(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
  close(): Promise<void>
}

export default function next(options: { dev: boolean }): NextApp
