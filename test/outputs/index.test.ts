import assert from 'node:assert/strict'
import { test } from 'node:test'
import { validate } from '../../config/validate.ts'
import { outputDefinitions } from '../../outputs/index.ts'

for (const [type, definition] of outputDefinitions) {
  test(`output ${type} describes itself and each of its settings`, () => {
    assert.equal(definition.type, type)
    assert.match(definition.description, /^[A-Z].*\.$/)
    assert.ok(definition.maxConcurrency > 0)
    const [finding] = validate(definition.schema, { no_such_setting: 1 }, new Map()).filter(({ at }) => at === 'key')
    assert.match(finding!.message, /^unknown key no_such_setting: expected /)
    const properties = definition.schema.properties as Record<string, { description?: string }>
    for (const [name, property] of Object.entries(properties)) assert.ok(property.description, `${name} is described`)
  })
}
