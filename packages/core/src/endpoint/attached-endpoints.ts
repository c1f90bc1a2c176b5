import { comparePaths, routeOf } from '../address/path.ts'
import { show } from '../runtime/show.ts'
import type { ServedEndpoint } from './served-endpoint.ts'

/** An endpoint, or what an adapter has for one. */
type Attached = Pick<ServedEndpoint, 'isClosed'> & {
  readonly options: { readonly path: string | undefined }
}

/** The endpoints of one server. */
export class AttachedEndpoints<Endpoint extends Attached = ServedEndpoint> {
  readonly #host: 'server' | 'app'
  #all: readonly Endpoint[] = []

  /** @param host what errors call the server */
  constructor(host: 'server' | 'app') {
    this.#host = host
  }

  /**
   * In the order in which they are to be asked: the most exact path comes first, whenever it was attached, and the
   * endpoint without one last.
   */
  get all(): readonly Endpoint[] {
    return this.#all
  }

  /** The endpoint with this path, whatever the names of its parameters. */
  at(path: string | undefined): Endpoint | undefined {
    const route = routeOf(path)
    return this.#all.find(({ options }) => routeOf(options.path) === route)
  }

  /**
   * Adds an endpoint, in the place of a closed one with the same path.
   *
   * @returns the one whose place it takes.
   * @throws Error when that one is not closed.
   */
  add(endpoint: Endpoint): Endpoint | undefined {
    const { path } = endpoint.options
    const former = this.at(path)
    if (former !== undefined && !former.isClosed) throw duplicate(this.#host, path)
    const others = this.#all.filter((other) => other !== former)
    this.#all = [...others, endpoint].sort((a, b) => comparePaths(a.options.path, b.options.path))
    return former
  }
}

function duplicate(host: string, path: string | undefined): Error {
  const which = path === undefined ? 'without a path' : `for the path ${show(path)}`
  const problem = `This ${host} already has an endpoint ${which}.`
  return new Error(`${problem} Give each endpoint a path of its own, or close that one first.`)
}
