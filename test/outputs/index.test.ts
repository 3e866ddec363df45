import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import { outputDefinitions } from '../../outputs/index.ts'

for (const [type, definition] of outputDefinitions) {
  test(`output ${type} describes itself and each of its settings`, () => {
    assert.equal(definition.type, type)
    assert.match(definition.description, /^[A-Z].*\.$/)
    assert.ok(definition.maxConcurrency > 0)
    const validate = new Ajv({ useDefaults: true }).compile(definition.schema)
    assert.equal(validate({ no_such_setting: 1 }), false)
    const properties = definition.schema.properties as Record<string, { description?: string }>
    for (const [name, property] of Object.entries(properties)) assert.ok(property.description, `${name} is described`)
  })
}
