// For the tests of applications: a client of a hub without a server or sockets.

export { HubTestClient, type TestClosed } from './testing/hub-test-client.ts'
export { TestSubject } from './testing/test-subject.ts'
