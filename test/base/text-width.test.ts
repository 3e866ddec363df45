import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cutText, textWidth, wrapText } from '../../base/text-width.ts'

test('a character takes one column, two where it is wide, none where it combines', () => {
  const widths = ['', 'abc', 'é', 'e\u0301', '語', 'Ａ', '🙂', '한'].map(textWidth)
  assert.deepEqual(widths, [0, 3, 1, 1, 2, 2, 2, 2])
})

test('text that is too wide is cut, with a mark in place of the rest', () => {
  assert.equal(cutText('proc.name', 9), 'proc.name')
  assert.equal(cutText('proc.name', 8), 'proc.na…')
  assert.equal(cutText('open, openat', 7), 'open,…')
  assert.equal(cutText('語語語', 5), '語語…')
  assert.equal(cutText('語語語', 4), '語…')
})

test('text is wrapped at blanks, and a word that is too long stands alone', () => {
  assert.deepEqual(wrapText('a bb ccc dddddddd e', 6), ['a bb', 'ccc', 'dddddddd', 'e'])
  assert.deepEqual(wrapText('', 6), [''])
})
