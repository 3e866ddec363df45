import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertOf, problemsOf, ruleFile, sampleCall, sampleProcess } from '../support.ts'

const cat = sampleCall({ process: sampleProcess({ name: 'cat', parent: sampleProcess({ name: 'bash' }) }) })

const templates: [template: string, message: string][] = [
  ['plain words', 'plain words'],
  ['name=%proc.name', 'name=cat'],
  ['%proc.name.', 'cat.'],
  ['%proc.name, (%proc.name)/%proc.pname', 'cat, (cat)/bash'],
  ['%proc.aname[1]%proc.aname[9]', 'bash<NA>'],
  ['%evt.arg.flags %evt.arg[flags]', '<NA> <NA>'],
  ['%6proc.name|%2proc.name|', 'cat   |ca|'],
  ['100%% of %proc.name%%', '100% of cat%'],
  ['*%proc.name %container.name', 'cat <NA>'],
  ['%toupper(proc.name)%len(proc.pname) %concat(proc.pname, "/", proc.name).', 'CAT4 bash/cat.'],
  ['%5toupper(proc.name)|%join(" < ", (proc.name, proc.pname))|', 'CAT  |cat < bash|'],
  ['one\n  two \n\n three\n', 'one two three'],
  ['a\tb\x1b', 'a\\tb\\x1b']
]

for (const [template, message] of templates) {
  test(`${JSON.stringify(template)} is written as ${message}`, () => {
    assert.equal(alertOf(template, cat).output, `03:04:05.123456789: Notice ${message}`)
  })
}

test('what a process chose for its name cannot end the line or move the cursor', () => {
  const name = '\x1b[2K\r\n03:04:05: Emergency \u00e2\u0080\u00ae'
  const alert = alertOf('%proc.name', sampleCall({ process: sampleProcess({ name }) }))
  assert.equal(alert.output, '03:04:05.123456789: Notice \\x1b[2K\\r\\n03:04:05: Emergency \\u202e')
  assert.equal(alert.output_fields['proc.name'], '\\x1b[2K\\r\\n03:04:05: Emergency \\u202e')
})

const wrong: [template: string, problem: string][] = [
  ['%', '6:13: expected a field after %; write %% for a percent sign'],
  ['a %proc b', '6:15: expected a field after %; write %% for a percent sign'],
  ['%tolower(cat)', '6:21: expected a field, a transformer or a text in quotes, found cat'],
  ['%proc.aname[x]', '6:13: expected a whole number between the brackets of proc.aname, found x'],
  ['%12fd.nme', '6:15: unknown field fd.nme; did you mean fd.name?']
]

for (const [template, problem] of wrong) {
  test(`the output ${template} is refused: ${problem}`, () => {
    assert.deepEqual(problemsOf(ruleFile('evt.type = open', template)), [problem])
  })
}

test('every wrong field of an output is reported', () => {
  assert.equal(problemsOf(ruleFile('evt.type = open', '%a.b %c.d')).length, 2)
})
