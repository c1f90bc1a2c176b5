import { wrongValue } from '../runtime/option-error.ts'

/** The parameters of a path by name, decoded. */
export type PathParams = Readonly<Record<string, string>>

/**
 * The parameters that a path has, by its type: `{ readonly id: string }` for `/rooms/:id`. Any names for a path whose
 * type is `string`.
 */
export type ParamsOf<Path extends string> = string extends Path
  ? PathParams
  : [Path] extends [never]
    ? // What it is while the compiler looks for the type of a loop within the options.
      PathParams
    : [ParamNames<Path>] extends [never]
      ? Readonly<Record<string, never>>
      : { readonly [Name in ParamNames<Path>]: string }

type ParamNames<Path extends string> = Path extends `${infer Segment}/${infer Rest}`
  ? ParamNames<Segment> | ParamNames<Rest>
  : Path extends `:${infer Name}`
    ? Name
    : never

/** What stands in the places of the parameters, by name, as it was sent. */
export type MatchedParams = readonly (readonly [name: string, segment: string])[]

/** Whether a request target is for a path, and what stands in its parameters. */
export type PathMatcher = (url: string) => MatchedParams | undefined

const NO_MATCHES: MatchedParams = []
/** The parameters of a path that has none. */
export const NO_PARAMS: PathParams = Object.freeze({})

const PARAMETER = /^:([a-z_]\w*)$/i

/** @throws OptionError for a path that no request can have, or that looks like a pattern of another router. */
export function checkPath(path: unknown): asserts path is string {
  const isPathname = typeof path === 'string' && /^\/[!-~]*$/.test(path) && !/[?#*]/.test(path)
  const params = isPathname ? path.split('/').filter((segment) => segment.startsWith(':')) : []
  const isWellFormed = params.every((segment) => PARAMETER.test(segment))
  if (isPathname && isWellFormed && new Set(params).size === params.length) return
  throw wrongValue(
    'path',
    path,
    'a pathname such as "/chat" or "/rooms/:id", without wildcard, query, fragment, spaces or a parameter twice, in ASCII (é as %C3%A9)',
  )
}

/** @param path a checked path; `undefined` for every path */
export function compilePath(path: string | undefined): PathMatcher {
  if (path === undefined) return () => NO_MATCHES
  const segments = path.split('/')
  if (!segments.some(isParameter)) {
    return (url) => (path === url || path === pathOf(url) ? NO_MATCHES : undefined)
  }
  return (url) => {
    const given = pathOf(url).split('/')
    const isMatch = segments.every((segment, i) =>
      isParameter(segment) ? Boolean(given[i]) : segment === given[i],
    )
    if (!isMatch || given.length !== segments.length) return undefined
    return segments.flatMap((segment, i) =>
      isParameter(segment) ? [[segment.slice(1), given[i] ?? ''] as const] : [],
    )
  }
}

/**
 * Decodes each parameter once. A `%2F` stays within its segment, since the segments were told apart before.
 *
 * @returns `undefined` when one is no percent-encoded UTF-8 (RFC 3986, section 2.1).
 */
export function decodeParams(matched: MatchedParams): PathParams | undefined {
  if (matched.length === 0) return NO_PARAMS
  try {
    return Object.fromEntries(matched.map(([name, text]) => [name, decodeURIComponent(text)]))
  } catch {
    return undefined
  }
}

/** The same for two paths that take the same requests. */
export function routeOf(path: string | undefined): string | undefined {
  return path?.replace(/\/:\w+/g, '/:')
}

/**
 * Sorts paths so that the first that takes a request is the most exact. No path comes last. A shorter one comes first,
 * because `/rooms` may take `/rooms/negotiate`, which is more exact than `/rooms/:id`.
 */
export function comparePaths(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  const [segments, others] = [a.split('/'), b.split('/')]
  for (const [i, segment] of segments.entries()) {
    const order = Number(isParameter(segment)) - Number(isParameter(others[i] ?? ''))
    if (order !== 0) return order
  }
  return segments.length - others.length
}

/** The path of a request target in origin or absolute form, without the query (RFC 9112, section 3.2). */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  const path = end < 0 ? url : url.slice(0, end)
  if (path.startsWith('/')) return path
  return path.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '') || '/'
}

function isParameter(segment: string): boolean {
  return segment.startsWith(':')
}
