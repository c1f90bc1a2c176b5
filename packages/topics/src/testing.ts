// For the tests of applications: a broker in this process, which can be told to fail.

export { Broker, type BrokerBackplane, createBroker } from './testing/broker.ts'
