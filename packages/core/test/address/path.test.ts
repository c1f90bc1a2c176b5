import { describe, expect, test } from 'vitest'
import { comparePaths, compilePath, decodeParams, pathOf, routeOf } from '../../src/address/path.ts'

/** The parameters of a request, `'none'` for one of another path, and `'malformed'`. */
function paramsOf(path: string | undefined, url: string): unknown {
  const matched = compilePath(path)(url)
  return matched === undefined ? 'none' : (decodeParams(matched) ?? 'malformed')
}

describe('a path with parameters', () => {
  test.each([
    ['/rooms/:id', '/rooms/a', { id: 'a' }],
    ['/rooms/:id', '/rooms/a?b=/c', { id: 'a' }],
    ['/rooms/:id', 'http://server.example/rooms/a', { id: 'a' }],
    ['/:id', '/a', { id: 'a' }],
    ['/:_a1/x/:b', '/1/x/2', { _a1: '1', b: '2' }],
    ['/:a/:b/', '/1/2/', { a: '1', b: '2' }],
    ['/rooms/:id', '/rooms/:id', { id: ':id' }],
    ['/rooms/:id', '/rooms/..', { id: '..' }],
    ['/rooms/:id', '/rooms/a%2Fb', { id: 'a/b' }],
    ['/rooms/:id', '/rooms/a%252Fb', { id: 'a%2Fb' }],
    ['/rooms/:id', '/rooms/%C3%A9+%20', { id: 'é+ ' }],
    ['/rooms/:id', '/rooms/%00', { id: '\0' }],
    ['/rooms/:__proto__', '/rooms/a', JSON.parse('{"__proto__":"a"}')],
  ])('%s takes %s', (path, url, params) => {
    expect(paramsOf(path, url)).toStrictEqual(params)
  })

  test.each([
    ['/rooms/:id', '/rooms'],
    ['/rooms/:id', '/rooms/'],
    ['/rooms/:id', '/rooms/a/'],
    ['/rooms/:id', '/rooms/a/b'],
    ['/rooms/:id', '/rooms//'],
    ['/rooms/:id', '//rooms/a'],
    ['/rooms/:id', '/Rooms/a'],
    ['/rooms/:id', '/r%6Foms/a'],
    ['/rooms/:id', '/rooms%2Fa'],
    ['/rooms/:id', '/?/rooms/a'],
    ['/:a/:b', '/a'],
    ['/:a/:b', '//b'],
  ])('%s leaves %s to others', (path, url) => {
    expect(paramsOf(path, url)).toBe('none')
  })

  test.each(['%', '%2', '%zz', '%ff', '%C3', '%ED%A0%80', 'a%c3%28'])(
    'takes no parameter that cannot be decoded: %s',
    (segment) => {
      expect(paramsOf('/rooms/:id', `/rooms/${segment}`)).toBe('malformed')
    },
  )
})

test('a path without parameters is compared as it stands, and no path is every path', () => {
  expect(paramsOf('/a%2', '/a%2?b')).toEqual({})
  expect(paramsOf('/a', '/b')).toBe('none')
  expect(paramsOf(undefined, '/%zz')).toEqual({})
})

test('two paths whose parameters have other names are the same route', () => {
  expect(routeOf('/a/:b/c/:d')).toBe(routeOf('/a/:e/c/:f'))
  expect(routeOf('/a/:b')).not.toBe(routeOf('/a/b'))
  expect(routeOf(undefined)).toBeUndefined()
})

test('the most exact path comes first, and none comes last', () => {
  const sorted = ['/a/b', '/a/:b', '/:a/b', '/:a/:b', undefined]
  expect([...sorted].reverse().sort(comparePaths)).toEqual(sorted)
  expect([undefined, '/:a/:b', '/a/b'].sort(comparePaths)).toEqual(['/a/b', '/:a/:b', undefined])
})

describe('the path of a request target', () => {
  test.each([
    ['/ws', '/ws'],
    ['/ws?a=/b', '/ws'],
    ['/ws#a?b', '/ws'],
    ['//ws', '//ws'],
    ['/x/http://server.example/ws', '/x/http://server.example/ws'],
    ['http://server.example/ws/1?a', '/ws/1'],
    ['WS+Unix-1.0://server.example:81/ws', '/ws'],
    ['http://server.example', '/'],
    ['http://server.example?a', '/'],
    ['http:///ws', '/ws'],
    ['', '/'],
    // Neither form: it matches no path of an endpoint, which begins with a slash.
    ['*', '*'],
    ['1http://server.example/ws', '1http://server.example/ws'],
    ['at http://server.example/ws', 'at http://server.example/ws'],
  ])('of %j is %j', (target, path) => {
    expect(pathOf(target)).toBe(path)
  })
})
