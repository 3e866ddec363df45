/** What a field is. The registry (registry.ts) lists the fields; the files beside it define them, one for each class. */

import type { ByteRange, Event } from '../../../collector/event.ts'

/**
 * The types of libsinsp's field tables, and that of an alert's priority. Text is bytes (latin1), an address 4 or 16 bytes in
 * network order, a priority 0 (Debug) to 7 (Emergency).
 */
export type FieldType =
  | 'CHARBUF'
  | 'BYTEBUF'
  | 'INT64'
  | 'UINT32'
  | 'UINT64'
  | 'PORT'
  | 'BOOL'
  | 'IPADDR'
  | 'IPNET'
  | 'ABSTIME'
  | 'RELTIME'
  | 'PRIORITY'

/** CHARBUF, BYTEBUF, IPADDR, IPNET: string; INT64, UINT32, UINT64, PORT, PRIORITY: number; ABSTIME, RELTIME: bigint, nanoseconds. */
export type Scalar = string | number | bigint | boolean

/** Names of users and groups; they depend on the passwd and group files of the container, and are bytes. */
export interface Names {
  user(uid: number, containerId: string | undefined): string | undefined
  group(gid: number, containerId: string | undefined): string | undefined
}

/** What the names of hosts in rules stand for at the time. Addresses are bytes, as events have them. */
export interface Hosts {
  /** Whether the address is one of those that the name resolves to. */
  has(name: string, address: string): boolean
  /** The name that resolves to the address. */
  nameOf(address: string): string | undefined
}

/** What readers of fields need beside the event. */
export interface Context {
  readonly hostname: string
  readonly names: Names
  /** Undefined where no names are resolved: then no address has one. */
  readonly hosts?: Hosts | undefined
  /** How many events the engine has seen, this one included. */
  readonly eventNumber: number
}

export type Argument = string | number | undefined

/** Declared as a method so that a reader of one kind of event can stand in a list of fields of all kinds. */
type Read<E extends Event, Result> = {
  read(event: E, context: Context, argument: Argument): Result | undefined
}['read']

/** Whether any value passes, without a list of them being made. */
type Some<E extends Event> = { some(event: E, holds: (value: Scalar) => boolean): boolean }['some']

type Path<E extends Event> = { read(event: E): string | undefined }['read']

type Part<E extends Event> = { of(path: string, event: E): Scalar | undefined }['of']

/**
 * Where the bytes of a text are in a frame, until the next call; undefined where they are in none, and for a path also where
 * the resolved one and the one asked for are not the same bytes.
 */
export type TextRange<E extends Event = Event> = { range(event: E): ByteRange | undefined }['range']

/** How the value of a field is found, and how tests see it when there can be more than one value. */
export type Extraction<E extends Event = Event> =
  | { readonly kind: 'one'; readonly read: Read<E, Scalar>; readonly range?: TextRange<E> | undefined }
  /** An address that stands for the name of its host: takes `exists`, `=`, `!=` and `in`. */
  | { readonly kind: 'host'; readonly read: Read<E, string> }
  /** A list: takes `exists`, `in` (all of it) and `intersects` (any of it). */
  | { readonly kind: 'list'; readonly read: Read<E, readonly Scalar[]> }
  /** Client and server: a test holds if it holds for either; `!=` if it holds for both. */
  | { readonly kind: 'ends'; readonly reads: readonly [Read<E, Scalar>, Read<E, Scalar>] }
  /**
   * The resolved path and the one asked for: either satisfies a test, and both must where the test is negated. `of` gives
   * what the test sees of a path, and `range` where its bytes are, where the two are the same.
   */
  | {
      readonly kind: 'paths'
      readonly resolved: Path<E>
      readonly asked: Path<E>
      readonly of: Part<E>
      readonly range: TextRange<E> | undefined
    }
  /** With an index the value of one ancestor; without, a test holds if it holds for any of them. */
  | {
      readonly kind: 'ancestors'
      readonly read: Read<E, Scalar>
      readonly readAll: Read<E, readonly Scalar[]>
      readonly some: Some<E>
    }

export interface ArgumentRule {
  readonly required: boolean
  /** A number from 0, a text, or either of them. */
  readonly of: 'index' | 'key' | 'either'
}

/** How many values an event can have for a field, and how a test sees them: the kinds of Extraction. */
export type Shape = Extraction['kind']

export interface Field<E extends Event = Event> {
  readonly name: string
  readonly type: FieldType
  readonly description: string
  /** Undefined: the field takes no argument. */
  readonly argument: ArgumentRule | undefined
  /** Known also where nothing delivers the field yet. */
  readonly shape: Shape
  /** Undefined while no sensor delivers it: it can be named, and is missing in every event. */
  readonly extraction: Extraction<E> | undefined
  /** What a test costs compared with reading a number; tests that cost less are made first. */
  readonly cost: number
  /** What to do instead, as a sentence; undefined for a field that may be used. */
  readonly deprecated?: string | undefined
}

/** The fields of one class, with the sources of events that have them; undefined stands for every source. */
export interface FieldClass {
  readonly name: string
  /** What the fields tell, as a sentence. */
  readonly description: string
  readonly sources: readonly string[] | undefined
  readonly fields: readonly Field[]
}

interface FieldOptions {
  readonly argument?: ArgumentRule
  readonly cost?: number
  /** Only for a field that nothing delivers yet; `one` by default. */
  readonly shape?: Shape
  readonly deprecated?: string
}

/** A field; `how` is a reader, or says how several values are seen. */
export function field<E extends Event>(
  name: string,
  type: FieldType,
  description: string,
  how?: Read<E, Scalar> | Extraction<E>,
  { argument, cost = 1, shape = 'one', deprecated }: FieldOptions = {}
): Field {
  const extraction: Extraction<E> | undefined = typeof how === 'function' ? { kind: 'one', read: how } : how
  return {
    name,
    type,
    description,
    argument,
    shape: extraction?.kind ?? shape,
    extraction: extraction as Extraction | undefined,
    cost,
    deprecated
  }
}
