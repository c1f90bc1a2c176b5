// WebSockets by the byte: for clients that must cost next to nothing.

export { EchoReader, type OtherFrame } from './echo-reader.ts'
export { clientFrame, Opcode, serverFrame } from './frame.ts'
export { AnswerHead, handshakeRequest } from './handshake.ts'
