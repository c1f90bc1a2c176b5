import type { EndpointStats } from '@wirebeat/core'

/** One metric that is read from the figures of a moment. */
export interface Metric<Stats> {
  readonly type: 'gauge' | 'counter'
  readonly name: string
  readonly help: string
  /** What distinguishes the values, where there are several. */
  readonly label?: string
  /** The value, or one value for each value of the label. */
  readonly read: (stats: Stats) => number | Readonly<Record<string, number>>
}

/** The metrics of an endpoint, but for the round trips of its pings. */
export const ENDPOINT_METRICS: readonly Metric<EndpointStats>[] = [
  {
    type: 'gauge',
    name: 'wirebeat_connections',
    help: 'Connections that have not ended.',
    read: ({ connections }) => connections.open,
  },
  {
    type: 'counter',
    name: 'wirebeat_connections_opened_total',
    help: 'Connections that were opened.',
    read: ({ connections }) => connections.opened,
  },
  {
    type: 'counter',
    name: 'wirebeat_ends_total',
    help: 'Connections that have ended, by cause.',
    label: 'cause',
    read: ({ ends }) => ends,
  },
  {
    type: 'counter',
    name: 'wirebeat_refusals_total',
    help: 'Requests refused, by reason.',
    label: 'reason',
    read: ({ refusals }) => refusals,
  },
  {
    type: 'gauge',
    name: 'wirebeat_pending_handshakes',
    help: 'Handshakes that wait for a decision.',
    read: ({ pendingHandshakes }) => pendingHandshakes,
  },
  {
    type: 'gauge',
    name: 'wirebeat_lingering',
    help: 'Clients that were refused, or whose connection has ended, and that have not hung up.',
    read: ({ lingering }) => lingering,
  },
  {
    type: 'counter',
    name: 'wirebeat_received_messages_total',
    help: 'Messages received.',
    read: ({ received }) => received.messages,
  },
  {
    type: 'counter',
    name: 'wirebeat_received_bytes_total',
    help: 'Bytes of messages received.',
    read: ({ received }) => received.bytes,
  },
  {
    type: 'counter',
    name: 'wirebeat_sent_messages_total',
    help: 'Messages accepted for sending.',
    read: ({ sent }) => sent.messages,
  },
  {
    type: 'counter',
    name: 'wirebeat_sent_bytes_total',
    help: 'Bytes of messages accepted for sending.',
    read: ({ sent }) => sent.bytes,
  },
  {
    type: 'gauge',
    name: 'wirebeat_buffered_bytes',
    help: 'Bytes that wait for the network.',
    read: ({ bufferedBytes }) => bufferedBytes,
  },
  {
    type: 'counter',
    name: 'wirebeat_pings_sent_total',
    help: 'Pings sent.',
    read: ({ pings }) => pings.sent,
  },
  {
    type: 'gauge',
    name: 'wirebeat_shutting_down',
    help: '1 while the endpoint shuts down and connections are left, else 0.',
    read: ({ shutdown }) => ((shutdown?.remaining ?? 0) > 0 ? 1 : 0),
  },
]

export const ROUND_TRIP = {
  name: 'wirebeat_ping_round_trip_seconds',
  help: 'Time from a ping to its answer.',
}

/** What the metrics of topics are read from: what `stats()` of topics returns. */
export interface CountedTopicsStats {
  readonly topics: number
  readonly subscriptions: number
  readonly published: number
  readonly delivered: number
  readonly skipped: number
  readonly relayed: number
  readonly received: number
  readonly gaps: number
  readonly stale: number
  readonly unreadable: number
  readonly channels: number
  readonly asked: number
  readonly answers: number
}

export const TOPICS_METRICS: readonly Metric<CountedTopicsStats>[] = [
  {
    type: 'gauge',
    name: 'wirebeat_topics',
    help: 'Topics that have a subscriber.',
    read: ({ topics }) => topics,
  },
  {
    type: 'gauge',
    name: 'wirebeat_topic_subscriptions',
    help: 'Subscriptions of connections to topics.',
    read: ({ subscriptions }) => subscriptions,
  },
  {
    type: 'counter',
    name: 'wirebeat_topic_published_total',
    help: 'Publications of this server.',
    read: ({ published }) => published,
  },
  {
    type: 'counter',
    name: 'wirebeat_topic_delivered_total',
    help: 'Messages of topics sent to connections.',
    read: ({ delivered }) => delivered,
  },
  {
    type: 'counter',
    name: 'wirebeat_topic_skipped_total',
    help: 'Messages of topics not sent, because a subscriber was slow.',
    read: ({ skipped }) => skipped,
  },
  {
    type: 'counter',
    name: 'wirebeat_topic_relayed_total',
    help: 'Publications handed over to the backplane.',
    read: ({ relayed }) => relayed,
  },
  {
    type: 'counter',
    name: 'wirebeat_topic_received_total',
    help: 'Publications of other servers.',
    read: ({ received }) => received,
  },
  {
    type: 'counter',
    name: 'wirebeat_topic_gaps_total',
    help: 'Times that publications of another server were found missing.',
    read: ({ gaps }) => gaps,
  },
  {
    type: 'counter',
    name: 'wirebeat_topic_stale_total',
    help: 'Publications and questions of other servers that came twice or too late.',
    read: ({ stale }) => stale,
  },
  {
    type: 'counter',
    name: 'wirebeat_topic_unreadable_total',
    help: 'Messages of the backplane that could not be read.',
    read: ({ unreadable }) => unreadable,
  },
  {
    type: 'gauge',
    name: 'wirebeat_topic_channels',
    help: 'Channels that the broker has confirmed.',
    read: ({ channels }) => channels,
  },
  {
    type: 'counter',
    name: 'wirebeat_topic_asked_total',
    help: 'Questions to other servers.',
    read: ({ asked }) => asked,
  },
  {
    type: 'counter',
    name: 'wirebeat_topic_answers_total',
    help: 'Questions of other servers that were answered.',
    read: ({ answers }) => answers,
  },
]

export const CALL_DURATION = {
  name: 'wirebeat_hub_call_seconds',
  help: 'Time from a call of a hub to its answer, by method and outcome.',
}
