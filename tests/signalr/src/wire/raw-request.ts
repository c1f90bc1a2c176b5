import { request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** Sends a plain request on a connection of its own. Resolves with `undefined` when no answer came within 8 s. */
export function ask(
  origin: string,
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Answer | undefined> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve) => {
    const asked = request({ hostname, port, method, path: target, headers, agent: false })
    asked.setTimeout(8_000, () => asked.destroy())
    asked.once('error', () => resolve(undefined))
    asked.once('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
      })
    })
    asked.end(body === '' ? undefined : body)
  })
}
