import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTable, wrapText } from './text-table.ts';

test('columns are as wide as their widest cell, and lines have no trailing spaces', () => {
  assert.equal(
    formatTable(
      ['ID', 'NAME', 'NOTE'],
      [
        ['1', 'Jürgen', ''],
        ['100', 'Jo', 'x'],
      ],
    ),
    'ID   NAME    NOTE\n1    Jürgen\n100  Jo      x\n',
  );
});

test('a name can neither begin a line of its own nor steer the terminal', () => {
  const table = formatTable(['NAME'], [['a\nb\u001b[2Jc\u202ed\u2028e']]);
  assert.equal(table, 'NAME\na\\u{a}b\\u{1b}[2Jc\\u{202e}d\\u{2028}e\n');
});

test('text is broken between words at the width', () => {
  assert.equal(wrapText('one two three', '  ', 9), '  one two\n  three\n');
  assert.equal(wrapText('unbreakable', '  ', 5), '  unbreakable\n');
});
