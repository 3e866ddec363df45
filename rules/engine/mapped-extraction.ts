/** A transformer of one argument over all the ways in which values are found. */

import type { Extraction, Scalar } from './fields/field.ts'
import type { UnaryTransformer } from './transformers.ts'

/** The extraction whose values are those of another one, each changed; a value that cannot be changed is missing. */
export function mapExtraction(extraction: Extraction, apply: UnaryTransformer['apply']): Extraction {
  const change = (value: Scalar | undefined) => (value === undefined ? undefined : apply(value as string))
  switch (extraction.kind) {
    case 'one': {
      const { read } = extraction
      return { kind: 'one', read: (event, context, argument) => change(read(event, context, argument)) }
    }
    case 'host':
      return extraction
    case 'list': {
      const { read } = extraction
      return {
        kind: 'list',
        read: (event, context, argument) =>
          read(event, context, argument)
            ?.map(change)
            .filter(value => value !== undefined)
      }
    }
    case 'ends': {
      const [client, server] = extraction.reads
      return {
        kind: 'ends',
        reads: [
          (event, context, argument) => change(client(event, context, argument)),
          (event, context, argument) => change(server(event, context, argument))
        ]
      }
    }
    case 'paths': {
      const { resolved, asked, of } = extraction
      return { kind: 'paths', resolved, asked, of: (path, event) => change(of(path, event)), range: undefined }
    }
    case 'ancestors': {
      const { read, readAll, some } = extraction
      return {
        kind: 'ancestors',
        read: (event, context, argument) => change(read(event, context, argument)),
        readAll: (event, context, argument) =>
          readAll(event, context, argument)
            ?.map(change)
            .filter(value => value !== undefined),
        some: (event, holds) =>
          some(event, value => {
            const changed = change(value)
            return changed !== undefined && holds(changed)
          })
      }
    }
  }
}
