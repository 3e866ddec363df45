/** A reader for the tests: listens on a Unix socket, sends what it is told to, and keeps the messages that come. */
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { temporaryDirectory, until } from '../support.ts'

/** A control message of the collector. */
export type Message =
  | { readonly kind: 'configure'; readonly generation: number; readonly calls: readonly number[] }
  | { readonly kind: 'settled'; readonly events: number }
  | { readonly kind: 'leave' }

export class FakeReader {
  readonly path: string
  readonly connections: Connection[] = []
  /** What every new connection is greeted with. */
  greet: (connection: Connection) => void = () => {}
  #server: Server | undefined

  constructor(path: string) {
    this.path = path
  }

  /** One that listens until the test ends. */
  static async start(t: TestContext): Promise<FakeReader> {
    const reader = new FakeReader(join(temporaryDirectory(t), 'reader.sock'))
    t.after(() => reader.stop())
    await reader.listen()
    return reader
  }

  async listen(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server = createServer(socket => this.#accept(socket))
    this.#server.once('error', reject).listen(this.path, resolve)
    await promise
  }

  /** Ends all connections and stops listening; `listen` begins again. */
  async stop(): Promise<void> {
    for (const connection of this.connections) connection.close()
    const { promise, resolve } = Promise.withResolvers<void>()
    if (this.#server?.listening) this.#server.close(() => resolve())
    else resolve()
    await promise
  }

  /** The nth connection, counted from 1. */
  async connection(number: number): Promise<Connection> {
    await until(`connection ${number} is made`, () => this.connections.length >= number)
    return this.connections[number - 1]!
  }

  #accept(socket: Socket): void {
    const connection = new Connection(socket)
    this.connections.push(connection)
    this.greet(connection)
  }
}

export class Connection {
  readonly messages: Message[] = []
  closed = false
  readonly #socket: Socket
  #received = Buffer.alloc(0)

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      this.closed = true
    })
  }

  send(...frames: readonly Buffer[]): void {
    if (!this.#socket.destroyed) this.#socket.write(Buffer.concat(frames))
  }

  /** Bytes that the collector has not taken yet. */
  get waiting(): number {
    return this.#socket.writableLength
  }

  close(): void {
    this.#socket.destroy()
  }

  /** Says that nothing more will come, as the reader's end does. */
  end(): void {
    this.#socket.end()
  }

  get settled(): number {
    return this.messages.reduce((last, message) => (message.kind === 'settled' ? message.events : last), 0)
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    while (this.#received.length >= 8 && this.#received.length >= this.#received.readUInt32LE(0)) {
      const length = this.#received.readUInt32LE(0)
      const message = messageOf(this.#received.subarray(0, length))
      this.messages.push(message)
      if (message.kind === 'leave') this.send(leftFrame)
      this.#received = this.#received.subarray(length)
    }
  }
}

/** The whole of the answer to a `leave`. */
const leftFrame = Buffer.from([8, 0, 0, 0, 10, 0, 0, 0])

function messageOf(bytes: Buffer): Message {
  if (bytes.length % 8 !== 0) throw new Error(`a message of ${bytes.length} bytes`)
  switch (bytes.readUInt8(4)) {
    case 64: {
      const count = bytes.readUInt32LE(12)
      const calls = Array.from({ length: count }, (_, index) => bytes.readUInt16LE(16 + 2 * index))
      return { kind: 'configure', generation: bytes.readUInt32LE(8), calls }
    }
    case 65:
      return { kind: 'settled', events: Number(bytes.readBigUInt64LE(8)) }
    case 66:
      return { kind: 'leave' }
    default:
      throw new Error(`a message of kind ${bytes.readUInt8(4)}`)
  }
}
