import v8 from 'node:v8'

/**
 * Collects garbage, and gives back to the machine what V8 does not need.
 *
 * A collection leaves V8 the room that it has taken for new objects, twice 16 MB once ten thousand
 * connections have come, and a quiet process gives it back within some 20 seconds. To count objects
 * of a class V8 does so at once, so that no contestant is charged for what is nobody's connection.
 */
export function giveBackMemory(): void {
  v8.queryObjects(class Nothing {}, { format: 'count' })
}
