import type { MissingCapabilities } from '@wirebeat/core/adapter'

/** What ws cannot do. */
export const missingCapabilities: MissingCapabilities = {
  'many-fragments':
    'ws closes with 1008 when a message has more than 16,384 fragments, to bound its memory (its option maxFragments).',
}
