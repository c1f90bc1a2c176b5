import { expect, test } from 'vitest'
import { AttachedEndpoints } from '../../src/endpoint/attached-endpoints.ts'

const at = (path: string | undefined, isClosed = false) => ({ options: { path }, isClosed })

test('the most exact path is asked first, whenever it was attached, and no path last', () => {
  const endpoints = new AttachedEndpoints<ReturnType<typeof at>>('server')
  for (const path of [undefined, '/rooms/:id', '/rooms/lobby']) endpoints.add(at(path))
  const paths = endpoints.all.map(({ options }) => options.path)
  expect(paths).toEqual(['/rooms/lobby', '/rooms/:id', undefined])
})

test('an endpoint takes the place of a closed one with the same path, whatever its parameters are called', () => {
  const endpoints = new AttachedEndpoints<ReturnType<typeof at>>('server')
  const former = at('/rooms/:id', true)
  const later = at('/rooms/:name')
  expect(endpoints.add(former)).toBeUndefined()
  expect(endpoints.at('/rooms/:key')).toBe(former)
  expect(endpoints.add(later)).toBe(former)
  expect(endpoints.all).toEqual([later])
})

test.each([
  ['server', '/chat', 'This server already has an endpoint for the path "/chat".'],
  ['app', undefined, 'This app already has an endpoint without a path.'],
] as const)('a second endpoint of a %s with the path %s is refused', (host, path, problem) => {
  const endpoints = new AttachedEndpoints<ReturnType<typeof at>>(host)
  endpoints.add(at(path))
  const message = `${problem} Give each endpoint a path of its own, or close that one first.`
  expect(() => endpoints.add(at(path))).toThrow(message)
  expect(endpoints.all).toHaveLength(1)
})
