import { compilePath, type MatchedParams } from '../address/path.ts'

/** A request target that belongs to a service. */
export interface SubpathMatch {
  readonly subpath: string
  readonly matched: MatchedParams
}

/**
 * The paths of a service: that of its endpoint with each subpath, without and with a `/` at the end.
 *
 * @param path a checked path
 */
export function pathsWith(path: string, subpath: string): readonly [string, string] {
  const base = path.endsWith('/') ? path.slice(0, -1) : path
  return [`${base}${subpath}` || '/', `${base}${subpath}/`]
}

/** @param path a checked path */
export function compileSubpaths(
  path: string,
  subpaths: readonly string[],
): (url: string) => SubpathMatch | undefined {
  const matchers = subpaths.flatMap((subpath) =>
    pathsWith(path, subpath).map((one) => ({ subpath, match: compilePath(one) })),
  )
  return (url) => {
    for (const { subpath, match } of matchers) {
      const matched = match(url)
      if (matched !== undefined) return { subpath, matched }
    }
    return undefined
  }
}
