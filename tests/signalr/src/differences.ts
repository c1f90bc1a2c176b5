// Where Wirebeat's hub says something else than ASP.NET Core 10. `docs/signalr.md` shows this table.

/** Why a difference is there. */
export type DifferenceKind = keyof typeof KINDS

export const KINDS = {
  purpose: 'On purpose',
  language: 'By what JavaScript is',
  open: 'Not there yet',
} as const

export interface Difference {
  readonly kind: DifferenceKind
  /** What ASP.NET Core does, in a sentence. */
  readonly genuine: string
  /** What Wirebeat does. */
  readonly ours: string
  /** The reason, for those who use a hub. */
  readonly reason: string
  /**
   * The names of the conversations that show it. `*: ` stands for both encodings, and `http: ` for events, and for polls
   * in both encodings.
   */
  readonly conversations: readonly string[]
}

const CLOSE_CODES = [1000, 1001, 1002, 1003, 1008, 1011, 3000, 4999]

export const differences: readonly Difference[] = [
  // Records
  {
    kind: 'purpose',
    genuine: 'A record of an unknown type stops the reading, until the connection times out.',
    ours: 'It is skipped.',
    reason: 'The protocol says that unknown types are ignored, so that it can grow.',
    conversations: ['0', '10', '-1', '99']
      .map((type) => `*: type ${type}`)
      .concat('json: type 2147483647'),
  },
  {
    kind: 'purpose',
    genuine:
      'In JSON, an item whose id stands behind it ends the connection, where nobody knows the id.',
    ours: 'It is ignored.',
    reason: 'JSON has no order of members.',
    conversations: ['json: an item before the id of an unknown stream'],
  },
  {
    kind: 'purpose',
    genuine:
      'Of a record with two targets, the arguments are counted for the first and given to the last.',
    ours: 'The last target is called with the arguments.',
    reason: 'The last of two equal members counts, wherever they stand.',
    conversations: ['json: a call with the target twice, arguments between'],
  },
  {
    kind: 'purpose',
    genuine: 'Arguments that end with a comma too many fail the call.',
    ours: 'They end the connection.',
    reason: 'What is no JSON cannot be read on.',
    conversations: ['json: a comma too many in the arguments'],
  },
  {
    kind: 'purpose',
    genuine:
      'In MessagePack, an answer without its result ends the connection where nobody waits for it, and fails the call where one does.',
    ours: 'It is ignored where nobody waits for it.',
    reason: 'Whether it is whole makes no difference then.',
    conversations: ['messagepack: an answer to nothing, with a result that is missing'],
  },
  {
    kind: 'purpose',
    genuine: 'Arguments in MessagePack may be nested 490 times.',
    ours: 'As in JSON, the record and its arguments may be nested 64 times.',
    reason: 'Both encodings do the same.',
    conversations: [64, 100, 400, 480].map(
      (levels) => `messagepack: an argument of ${levels} levels`,
    ),
  },
  {
    kind: 'purpose',
    genuine: 'Objects may have a member `__proto__`.',
    ours: 'The call fails.',
    reason: 'Arguments never reach the prototype of an object.',
    conversations: [
      '*: echo: an object with a name of a prototype',
      'messagepack: a call with a key of a prototype',
    ],
  },
  {
    kind: 'purpose',
    genuine:
      'JSON is written with escapes for all but the letters of the basic plane, in capitals.',
    ours: 'Only quotes, backslashes, control characters and single surrogates are escaped, in small letters.',
    reason: 'It is the same text, and shorter.',
    conversations: [
      'json: a call with an id that needs escapes',
      'json: calls: an id of any letters',
      'json: errors: one for the client that needs escapes',
      'json: echo: a text beyond the basic plane',
      'json: echo: a text of controls',
      'json: echo: a text of separators of lines',
      'json: echo: a text of spaces',
      'json: echo: a text of private and unassigned letters',
      'echo: of JSON, escapes',
      'framing: invalid UTF-8 in a binary frame',
      'clients: all, in both encodings',
      'clients: a group in both encodings',
    ],
  },
  {
    kind: 'purpose',
    genuine: 'A result with half of a surrogate pair ends the connection.',
    ours: 'It is written with an escape.',
    reason: 'One value ends no connection.',
    conversations: ['echo: of JSON, half a surrogate pair'],
  },

  // Calls
  {
    kind: 'purpose',
    genuine:
      'Calls that fail before they run, by their name or their arguments, are answered before those that wait.',
    ours: 'All calls are answered in their order.',
    reason: 'Filters see every call, and the order of calls is a promise.',
    conversations: ['*: order: an unknown method behind a slow call'],
  },
  {
    kind: 'purpose',
    genuine: 'A call that has asked its client goes on behind calls that came later.',
    ours: 'It goes on when the call that runs has ended.',
    reason: 'What came first ends first, as with every other call.',
    conversations: ['*: results: two slow calls behind a question'],
  },
  {
    kind: 'purpose',
    genuine: 'A second stream with an id in use fails, and the first can no longer be cancelled.',
    ours: 'The first can be cancelled.',
    reason: 'A failed call changes nothing.',
    conversations: ['*: streams: an id in use'],
  },
  {
    kind: 'purpose',
    genuine: 'Where two streams of the client have the same id, the first waits forever.',
    ours: 'Reading the first fails.',
    reason: 'A call that can never end is told so.',
    conversations: ['*: uploads: the same stream twice in a call'],
  },
  {
    kind: 'purpose',
    genuine: 'A text may be null, and so may a list.',
    ours: 'The schema of the parameter decides. That of the reference hub takes no null.',
    reason: 'Types tell null apart.',
    conversations: [
      '*: arguments: a text that is null',
      '*: arguments: texts that are null',
      '*: errors: one for the client of null',
      '*: results: an answer that is null',
    ],
  },
  {
    kind: 'purpose',
    genuine: 'In MessagePack, a text or an array of numbers may stand for bytes.',
    ours: 'Bytes are bin.',
    reason: 'They are not the same.',
    conversations: [
      'messagepack: arguments: bytes that are an array',
      'arguments: bytes that are a text',
    ],
  },
  {
    kind: 'purpose',
    genuine: 'The texts of errors name types of .NET.',
    ours: 'They say what is wrong in words of their own. Those that installed clients know are the same.',
    reason: 'There are no such types.',
    conversations: [
      '*: results: an answer of a wrong type',
      '*: results: an answer that is an object',
      '*: results: an answer without a result',
      '*: results: in detail, of a connection that is not there',
      '*: results: in detail, of a connection that is lost',
      '*: uploads: in detail, an item of a wrong type',
      'handshake: in detail, no JSON',
      'messagepack: in detail, a call with arguments that are nil',
      'ends: an empty record of MessagePack',
    ],
  },
  {
    kind: 'purpose',
    genuine:
      'A record beyond the limit ends the connection, and the client is not told why. In MessagePack that happens once its bytes have come.',
    ours: 'The client is told the limit, as soon as it is known that the record is beyond it.',
    reason: 'Who reaches a limit should learn of it.',
    conversations: [
      ...[32_769, 32_773, 65_536, 200_000].flatMap((size) => [
        `limits: a record of JSON of ${size} bytes`,
        `limits: a record of MessagePack of ${size} bytes`,
      ]),
      'limits: a record of JSON that never ends, up to the bound',
      'limits: a record of MessagePack whose length is beyond the bound',
      'limits: in detail, a record of JSON beyond the bound',
      'limits: in detail, a record of MessagePack beyond the bound',
      'limits: what a hub is told of a record beyond the bound',
      'messagepack: a length of 2^31-1',
      'http: a record beyond the bound',
    ],
  },
  {
    kind: 'purpose',
    genuine: 'A user may have an empty name.',
    ours: 'The name of a user has 1 to 200 bytes.',
    reason: 'An empty name is a mistake.',
    conversations: ['*: identity: an empty one by the query'],
  },

  // Ends
  {
    kind: 'purpose',
    genuine:
      'The timeout of a client begins with its first ping, and stands still while a second call waits. A close frame follows the close record.',
    ours: 'It begins with the handshake. Behind the close record the connection is cut.',
    reason:
      'A client that sends no pings would be kept for ever. One that is silent is taken to be gone.',
    conversations: [
      '*: keep-alive: a client that falls silent after a ping',
      'keep-alive: half records do not count',
      '*: keep-alive: a client that never pings',
      '*: keep-alive: a client that calls once, and never pings',
      '*: keep-alive: a client that is silent during a call',
      '*: keep-alive: a client that is silent while its second call waits',
      'events: a client that falls silent after a ping',
    ],
  },
  {
    kind: 'purpose',
    genuine: 'Pings are sent whether or not other records are.',
    ours: 'A ping is sent when nothing else was for a while.',
    reason: 'Every record is a sign of life.',
    conversations: ['*: keep-alive: pings while the server sends other things'],
  },
  {
    kind: 'purpose',
    genuine: 'Every close frame is answered with the code 1000.',
    ours: 'It is answered with its own code and reason.',
    reason: 'RFC 6455, section 5.5.1, says so.',
    conversations: [
      ...CLOSE_CODES.map((code) => `ends: a close frame of ${code}`),
      'ends: a close frame without a code',
    ],
  },

  // Stateful reconnect
  {
    kind: 'purpose',
    genuine: 'A second WebSocket is refused while the first is up and closes politely.',
    ours: 'It takes over at once, and the first is closed.',
    reason: 'A client may know of a cut before the server does.',
    conversations: ['reconnect: a second WebSocket while the first is up'],
  },
  {
    kind: 'purpose',
    genuine: 'What is acknowledged is not checked. Less than before drops a record that was not.',
    ours: 'Less than before means nothing, and what was not sent ends the connection.',
    reason: 'A record would be lost in silence.',
    conversations: [
      '*: reconnect: an acknowledgement of what was not sent',
      '*: reconnect: an acknowledgement that goes back',
    ],
  },
  {
    kind: 'purpose',
    genuine: 'An item or an answer of something that nobody knows is not counted.',
    ours: 'It is counted.',
    reason: 'The client has counted it, and could not come back otherwise.',
    conversations: ['*: reconnect: records of each kind are counted'],
  },
  {
    kind: 'purpose',
    genuine: 'What had come of a record before the cut spoils the first one that comes after it.',
    ours: 'It is forgotten.',
    reason: 'The client sends the whole record again.',
    conversations: ['reconnect: a cut within a record'],
  },
  {
    kind: 'purpose',
    genuine: 'The hub is told late, if ever, of a client that has not come back.',
    ours: 'It is told when the time is over.',
    reason: 'Who is gone must not seem to be there.',
    conversations: ['reconnect: 15 seconds after the cut it has ended'],
  },

  // HTTP
  {
    kind: 'purpose',
    genuine: 'A refusal of the server has no body, or no type.',
    ours: 'It has a line of plain text that says what is wrong.',
    reason: 'A person may read it.',
    conversations: [
      'id: a WebSocket with an unknown id',
      'id: a WebSocket with a short unknown id',
      'id: a WebSocket with a long unknown id',
      'id: a WebSocket with the public id of version 1',
      'id: the token twice',
      'id: a WebSocket with the token of one that was closed',
      'id: a WebSocket with the token of one that was cut',
      'id: a WebSocket to a path of nobody',
      'id: a WebSocket to the path of the negotiation',
      'id: a WebSocket without a token of the endpoint',
      'identity: no negotiation, no token',
      'identity: no negotiation, a wrong token',
      'identity: no negotiation, a token of another scheme',
      'identity: no negotiation, a wrong header beside a right query',
      'identity: negotiated with a token, opened without',
      'negotiation: two slashes at the end',
      'negotiation: a segment behind it',
      'negotiation: a longer last segment',
      'negotiation: a path of nobody',
      'negotiation: without a token',
      'negotiation: with a wrong token in the query',
      'negotiation: a wrong token in the header',
      'events: without a token of the user',
      'polls: without a token of the user',
      'polls: a WebSocket after DELETE',
    ],
  },
  {
    kind: 'purpose',
    genuine: 'A method that is not allowed gets 405 without `Allow`.',
    ours: '`Allow` lists those that are.',
    reason: 'RFC 9110, section 15.5.6, says so.',
    conversations: [
      ...['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map(
        (method) => `negotiation: by ${method}`,
      ),
      ...['PUT', 'PATCH', 'HEAD', 'OPTIONS'].flatMap((method) => [
        `id: ${method} without one`,
        `id: ${method} on an open WebSocket`,
        `id: ${method} before a transport is open`,
        `events: ${method} beside them`,
        `polls: ${method} beside them`,
      ]),
      'events: HEAD opens none',
      'polls: PUT after DELETE',
    ],
  },
  {
    kind: 'purpose',
    genuine: 'Paths are compared without regard to case, and decoded.',
    ours: 'They are compared as they are written.',
    reason: 'Paths of URLs are case-sensitive.',
    conversations: [
      'negotiation: the path in another case',
      'negotiation: a percent-encoded path',
      'id: the path in another case',
    ],
  },
  {
    kind: 'purpose',
    genuine: 'A token of one hub opens a connection of another.',
    ours: 'It is unknown there.',
    reason: 'The other hub may let other people in.',
    conversations: [
      'id: the token in the path of another hub',
      'events: the token in the path of another hub',
      'polls: the token in the path of another hub',
    ],
  },
  {
    kind: 'purpose',
    genuine:
      'Requests that cannot be served are refused with 401 first, where the endpoint wants a token of the user.',
    ours: 'They are refused for what they are.',
    reason:
      'Nothing is done for them, so `authorize`, which may ask a database, is not called. Who knows the token of a connection learns nothing new.',
    conversations: [
      'id: GET with a token but without one of the endpoint',
      'id: POST without a token of the endpoint',
      'identity: requests without a token, for a connection that is open',
      'negotiation: by GET without a token',
    ],
  },

  {
    kind: 'purpose',
    genuine: 'Server-Sent Events have no header for proxies.',
    ours: '`X-Accel-Buffering: no` is one.',
    reason: 'Without it nginx holds events back.',
    conversations: [
      'events: the headers',
      ...['with others', 'with blanks', 'behind others', 'in capitals'].map(
        (how) => `events: asked for ${how}`,
      ),
    ],
  },
  {
    kind: 'purpose',
    genuine: 'A GET whose `Accept` names `text/event-stream` with a parameter is a poll.',
    ours: 'It opens Server-Sent Events.',
    reason: 'A weight, as in `text/event-stream;q=0.9`, does not change what is asked for.',
    conversations: ['events: asked for with a weight', 'events: asked for with a parameter'],
  },
  {
    kind: 'purpose',
    genuine: 'A POST may have 30,000,000 bytes of records.',
    ours: 'It may have as many as a message of a WebSocket: `maxMessageSize` of the endpoint. More is refused with 413, and ends the connection.',
    reason: 'A client makes the server hold no more than that.',
    conversations: ['events: a POST of 1,200,000 bytes', 'polls: a POST of 1,200,000 bytes'],
  },
  {
    kind: 'purpose',
    genuine: 'DELETE answers the poll that waits with a close record that allows to reconnect.',
    ours: 'It answers it with 204.',
    reason: 'The client has said itself that it leaves.',
    conversations: ['polls: DELETE while one waits'],
  },
  {
    kind: 'purpose',
    genuine: 'Over long polling no pings are sent, and polls are no sign of life.',
    ours: 'A ping answers the poll that waits, and each poll is a sign of life.',
    reason: 'Who polls is there. A proxy may end a request that waits for long.',
    conversations: [
      'polls: no pings while nothing is said',
      'polls: a client that falls silent after a ping',
    ],
  },

  // The language
  {
    kind: 'language',
    genuine: 'A whole number with a point or an exponent is no integer.',
    ours: 'It is one.',
    reason: 'JavaScript has one type of numbers.',
    conversations: [
      'handshake: a version 1.0',
      'handshake: a version 1e0',
      'json: a type 6.0',
      'json: a type 6e0',
      '*: arguments: an int that is a whole float',
      '*: arguments: an int with an exponent',
    ],
  },
  {
    kind: 'language',
    genuine: 'Values of any type come back digit for digit.',
    ours: 'Numbers come back as JavaScript writes them, and integers beyond 2^53 lose digits.',
    reason: 'JavaScript has one type of numbers.',
    conversations: [
      '*: echo: an integer of 64 bits',
      '*: echo: the least integer of 64 bits',
      '*: echo: a whole float',
      'messagepack: echo: a float of 32 bits',
      'echo: of JSON, digits behind the point',
      'echo: of JSON, an exponent',
      'echo: of JSON, an integer of 30 digits',
      'echo: of JSON, minus zero',
    ],
  },
  {
    kind: 'language',
    genuine:
      'Objects of any type come back with all members, in their order and with keys of their type.',
    ours: 'The last of two equal members counts. Keys are texts, and those that look like numbers come first.',
    reason: 'Objects of JavaScript are like that.',
    conversations: [
      'echo: of JSON, a name twice',
      'echo: of JSON, names that look like numbers',
      'messagepack: a call with a map whose key is a number',
      'messagepack: a call with a map of a key twice',
    ],
  },
]

/** What the beginning of a name stands for. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  '*: ': ['json: ', 'messagepack: '],
  'http: ': ['events: ', 'polls: json: ', 'polls: messagepack: '],
}

/** The names of the conversations that show a difference. */
export function conversationsOf({ conversations }: Difference): readonly string[] {
  return conversations.flatMap((name) => {
    const [, prefix = '', rest = ''] = /^(\*: |http: )?(.*)$/s.exec(name) ?? []
    return (VARIANTS[prefix] ?? ['']).map((variant) => variant + rest)
  })
}
