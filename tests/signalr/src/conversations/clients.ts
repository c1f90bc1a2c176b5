import {
  both,
  call,
  connect,
  cut,
  ended,
  fence,
  on,
  receive,
  send,
  talk,
  until,
} from '../conversation/build.ts'
import type { Conversation, Step } from '../conversation/step.ts'

/** Three connections, one of which speaks the other encoding. */
const THREE: readonly Step[] = [
  connect(),
  ...on('b', connect({ query: 'user=$key-ada' })),
  ...on('c', connect({ query: 'user=$key-bob' })),
]
const FENCES: readonly Step[] = [fence(), ...on('b', fence()), ...on('c', fence())]

/** What connections join, who sends what, and so who has it. */
const GROUPS: readonly (readonly [
  name: string,
  joins: readonly (readonly [connection: string, group: string])[],
  target: string,
  args: readonly unknown[],
])[] = [
  [
    'to a group',
    [
      ['b', 'g'],
      ['c', 'g'],
    ],
    'SendGroup',
    ['$key-g', 'tag'],
  ],
  [
    'to a group with the caller in it',
    [
      ['a', 'g'],
      ['b', 'g'],
    ],
    'SendGroup',
    ['$key-g', 'tag'],
  ],
  ['to a group of nobody', [], 'SendGroup', ['$key-g', 'tag']],
  ['to a group in another case', [['b', 'g']], 'SendGroup', ['$key-G', 'tag']],
  [
    'to a group joined twice',
    [
      ['b', 'g'],
      ['b', 'g'],
    ],
    'SendGroup',
    ['$key-g', 'tag'],
  ],
  [
    'to two groups',
    [
      ['b', 'g'],
      ['c', 'h'],
    ],
    'SendGroups',
    [['$key-g', '$key-h'], 'tag'],
  ],
  [
    'to two groups with one in both',
    [
      ['b', 'g'],
      ['b', 'h'],
    ],
    'SendGroups',
    [['$key-g', '$key-h'], 'tag'],
  ],
  ['to the same group twice', [['b', 'g']], 'SendGroups', [['$key-g', '$key-g'], 'tag']],
  ['to no groups', [['b', 'g']], 'SendGroups', [[], 'tag']],
  [
    'to others in a group',
    [
      ['a', 'g'],
      ['b', 'g'],
    ],
    'SendOthersInGroup',
    ['$key-g', 'tag'],
  ],
  [
    'to others in a group without the caller',
    [
      ['b', 'g'],
      ['c', 'g'],
    ],
    'SendOthersInGroup',
    ['$key-g', 'tag'],
  ],
  [
    'to a group but one',
    [
      ['a', 'g'],
      ['b', 'g'],
      ['c', 'g'],
    ],
    'SendGroupExcept',
    ['$key-g', ['$b.id'], 'tag'],
  ],
  [
    'to a group but all',
    [
      ['b', 'g'],
      ['c', 'g'],
    ],
    'SendGroupExcept',
    ['$key-g', ['$b.id', '$c.id'], 'tag'],
  ],
  [
    'to a group but somebody else',
    [['b', 'g']],
    'SendGroupExcept',
    ['$key-g', ['nobody', '$c.id'], 'tag'],
  ],
  ['to a group but nobody', [['b', 'g']], 'SendGroupExcept', ['$key-g', [], 'tag']],
]

const TARGETS: readonly (readonly [name: string, target: string, args: readonly unknown[]])[] = [
  ['to a connection', 'SendTo', ['$b.id', 'tag']],
  ['to itself', 'SendTo', ['$a.id', 'tag']],
  ['to a connection that is not there', 'SendTo', ['nobody', 'tag']],
  ['to a connection without a name', 'SendTo', ['', 'tag']],
  ['to connections', 'SendToMany', [['$b.id', '$c.id'], 'tag']],
  ['to connections, one of them not there', 'SendToMany', [['$b.id', 'nobody'], 'tag']],
  ['to a connection twice', 'SendToMany', [['$b.id', '$b.id'], 'tag']],
  ['to no connections', 'SendToMany', [[], 'tag']],
  ['to a user', 'SendUser', ['$key-ada', 'tag']],
  ['to a user in another case', 'SendUser', ['$key-ADA', 'tag']],
  ['to a user who is not there', 'SendUser', ['$key-eve', 'tag']],
  ['to users', 'SendUsers', [['$key-ada', '$key-bob'], 'tag']],
  ['to a user twice', 'SendUsers', [['$key-ada', '$key-ada'], 'tag']],
  ['to no users', 'SendUsers', [[], 'tag']],
]

function join(connection: string, group: string): readonly Step[] {
  return on(connection, send(call('Join', [`$key-${group}`], 'join')), receive())
}

export const clients: readonly Conversation[] = [
  ...GROUPS.flatMap(([name, joins, target, args]) =>
    both(`clients: ${name}`, [
      ...THREE,
      ...joins.map(([connection, group]) => join(connection, group)),
      send(call(target, args)),
      ...FENCES,
    ]),
  ),
  ...TARGETS.flatMap(([name, target, args]) =>
    both(`clients: ${name}`, [...THREE, send(call(target, args)), ...FENCES]),
  ),
  ...both('clients: all', [...THREE, send(call('Broadcast', ['tag'])), ...FENCES], { alone: true }),
  ...both('clients: all others', [...THREE, send(call('BroadcastOthers', ['tag'])), ...FENCES], {
    alone: true,
  }),
  ...both(
    'clients: all but one',
    [...THREE, send(call('SendExcept', [['$b.id'], 'tag'])), ...FENCES],
    {
      alone: true,
    },
  ),
  ...both(
    'clients: all but all',
    [...THREE, send(call('SendExcept', [['$a.id', '$b.id', '$c.id'], 'tag'])), ...FENCES],
    { alone: true },
  ),
  ...both(
    'clients: all of the same hub only',
    [
      connect(),
      on('b', connect({ path: '/hub/detailed' })),
      send(call('Broadcast', ['tag'])),
      fence(),
      on('b', fence()),
    ],
    { alone: true },
  ),
  talk(
    'clients: all, in both encodings',
    [
      connect(),
      on('b', connect({ encoding: 'messagepack' })),
      send(call('Broadcast', ['tag é😀'])),
      fence(),
      on('b', fence()),
      on('b', send(call('Broadcast', ['tag']))),
      on('b', fence()),
      fence(),
    ],
    { alone: true },
  ),
  talk('clients: a group in both encodings', [
    connect(),
    on('b', connect({ encoding: 'messagepack' })),
    join('a', 'g'),
    join('b', 'g'),
    send(call('SendGroup', ['$key-g', 'é😀'])),
    fence(),
    on('b', fence()),
  ]),
  ...both('clients: a user with two connections', [
    connect(),
    on('b', connect({ query: 'user=$key-ada' })),
    on('c', connect({ query: 'user=$key-ada' })),
    send(call('SendUser', ['$key-ada', 'tag'])),
    ...FENCES,
  ]),
  ...both('clients: a group that was left', [
    ...THREE,
    join('b', 'g'),
    join('c', 'g'),
    on('b', send(call('Leave', ['$key-g'], 'leave')), receive()),
    send(call('SendGroup', ['$key-g', 'tag'])),
    ...FENCES,
  ]),
  ...both('clients: a group that was never joined is left', [
    connect(),
    send(call('Leave', ['$key-g'])),
    receive(),
  ]),
  ...both('clients: a group joined twice and left once', [
    ...THREE,
    join('b', 'g'),
    join('b', 'g'),
    on('b', send(call('Leave', ['$key-g'], 'leave')), receive()),
    send(call('SendGroup', ['$key-g', 'tag'])),
    ...FENCES,
  ]),
  ...both('clients: a group of one who has gone', [
    ...THREE,
    join('b', 'g'),
    join('c', 'g'),
    on('b', send({ type: 7 }), ended()),
    send(call('SendGroup', ['$key-g', 'tag'])),
    receive(),
    on('c', fence()),
  ]),
  ...both('clients: a connection that has gone', [
    connect(),
    on('b', connect({ query: 'key=$key' })),
    on('b', cut()),
    until('Lifecycle', ['$key'], '[1,1,null]'),
    send(call('SendTo', ['$b.id', 'tag'])),
    receive(),
  ]),
  ...both('clients: groups are not kept for the next connection', [
    connect(),
    join('a', 'g'),
    send({ type: 7 }),
    ended(),
    on('b', connect()),
    on('b', send(call('SendGroup', ['$key-g', 'tag'])), fence()),
  ]),
  ...both('clients: messages to a group keep their order', [
    connect(),
    on('b', connect()),
    join('b', 'g'),
    send(
      ...Array.from({ length: 20 }, (_, i) => ({
        type: 1,
        target: 'SendGroup',
        arguments: ['$key-g', `${i}`],
      })),
    ),
    fence(),
    on('b', receive(20)),
  ]),
  ...both('clients: the caller is told before the group hears of the next call', [
    connect(),
    join('a', 'g'),
    send(
      call('SendGroup', ['$key-g', '1'], '1'),
      call('Burst', [1], '2'),
      call('SendGroup', ['$key-g', '2'], '3'),
    ),
    receive(6),
  ]),
]
