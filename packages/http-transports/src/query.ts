// A web standard that every runtime has.
declare const URLSearchParams: {
  new (query: string): Iterable<[name: string, value: string]>
}

/** The parameters of a query, by name in lower case: ASP.NET Core does not tell the cases of names apart. */
export function queryOf(url: string): ReadonlyMap<string, readonly string[]> {
  const parameters = new Map<string, string[]>()
  const start = url.indexOf('?')
  if (start < 0) return parameters
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    const key = name.toLowerCase()
    const values = parameters.get(key)
    if (values === undefined) parameters.set(key, [value])
    else values.push(value)
  }
  return parameters
}

/** What the official clients write, behind which their polls have the time. */
const TOKEN_ALONE = /^[^?]*\?id=([\w.-]+)(?:&_=\d+)?$/

/** The token that a request has; empty for none. */
export function tokenOf(url: string): string {
  const [, token] = TOKEN_ALONE.exec(url) ?? []
  if (token !== undefined) return token
  return queryOf(url).get('id')?.join(',') ?? ''
}
