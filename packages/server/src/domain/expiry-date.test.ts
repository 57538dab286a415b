import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Refusal } from './errors.ts';
import { parseExpiryDate } from './expiry-date.ts';

fc.configureGlobal({ seed: 1 });

const now = Date.UTC(2026, 9, 29, 12, 30);

function parse(text: string, at = now): string {
  return new Date(parseExpiryDate(text, at)).toISOString();
}

function refusalOf(text: string, at = now): string {
  try {
    parseExpiryDate(text, at);
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.token, 'InputValidationFailed');
    const [problem] = error.problems;
    assert.ok(problem);
    assert.equal(problem.token, 'InvalidFormat');
    assert.match(problem.message, /^expiry_date /);
    return problem.message;
  }
  assert.fail(`${text} was accepted`);
}

describe('parseExpiryDate', () => {
  it('a date means its first instant in UTC', () => {
    assert.equal(parse('2027-10-29'), '2027-10-29T00:00:00.000Z');
    assert.equal(parse('2028-02-29'), '2028-02-29T00:00:00.000Z');
    assert.equal(parse('9999-12-31'), '9999-12-31T00:00:00.000Z');
    assert.equal(parse('2026-10-30'), '2026-10-30T00:00:00.000Z');
  });

  it('a date-time means its instant, at any offset and precision', () => {
    const forms = [
      ['2027-10-29T10:00:00Z', '2027-10-29T10:00:00.000Z'],
      ['2027-10-29T10:00Z', '2027-10-29T10:00:00.000Z'],
      ['2027-10-29t10:00:00z', '2027-10-29T10:00:00.000Z'],
      ['2027-10-29T10:00:00+02:00', '2027-10-29T08:00:00.000Z'],
      ['2027-10-29T01:00:00+02:00', '2027-10-28T23:00:00.000Z'],
      ['2027-10-29T23:00:00-05:30', '2027-10-30T04:30:00.000Z'],
      ['2027-10-29T10:00:00-00:00', '2027-10-29T10:00:00.000Z'],
      ['2027-10-29T10:00:00.5Z', '2027-10-29T10:00:00.500Z'],
      ['2027-10-29T10:00:00.123456789Z', '2027-10-29T10:00:00.123Z'],
      ['2027-10-29T10:00:00.999999999Z', '2027-10-29T10:00:00.999Z'],
      ['2026-10-29T12:30:00.001Z', '2026-10-29T12:30:00.001Z'],
    ] as const;
    for (const [text, expected] of forms) assert.equal(parse(text), expected);
  });

  it('every instant from now to the year 9999 can be given', () => {
    const instant = fc.integer({ min: now + 1, max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) });
    fc.assert(fc.property(instant, (ms) => assert.equal(parseExpiryDate(new Date(ms).toISOString(), now), ms)));
  });

  it('a date that no calendar or clock has is refused', () => {
    const texts = [
      '2027-02-30',
      '2027-02-29',
      '2100-02-29',
      '2027-04-31',
      '2027-13-01',
      '2027-00-10',
      '2027-01-00',
      '2027-01-32',
    ];
    const times = ['T25:00Z', 'T24:00Z', 'T10:60Z', 'T10:00:60Z', 'T10:00:00+24:00', 'T10:00:00+02:60'];
    for (const text of [...texts, ...times.map((time) => `2027-10-29${time}`)]) {
      assert.match(refusalOf(text), /does not exist.*2027-10-29$/, text);
    }
  });

  it('a date-time without offset, and every other form, is refused with examples of the right ones', () => {
    const texts = [
      '2027-10-29T10:00:00',
      '2027-10-29 10:00:00Z',
      '2027-10-29T10Z',
      '2027-10-29T10:00:00+0200',
      '29.10.2027',
    ];
    const others = [
      '',
      'tomorrow',
      '2027-10',
      '2027-1-1',
      '+002027-10-29',
      '20271029',
      '1793275200',
      ' 2027-10-29',
      '2027-10-29\n',
    ];
    for (const text of [...texts, ...others, '12027-10-29', '2027-10-29T10:00:00.Z', '２０２７-10-29', '2027-W40-1']) {
      assert.match(refusalOf(text), /such as 2027-10-29, nor .* such as 2027-10-29T10:00:00Z$/, text);
    }
  });

  it('a date that has passed is refused, naming it, today and a valid example', () => {
    assert.equal(
      refusalOf('2021-10-29'),
      'expiry_date "2021-10-29" (00:00 UTC of that day) is not in the future: today is 2026-10-29; a valid one is 2027-10-29',
    );
    assert.equal(
      refusalOf('2026-10-29T12:30:00Z'),
      'expiry_date "2026-10-29T12:30:00Z" is not in the future: today is 2026-10-29; a valid one is 2027-10-29',
    );
    for (const text of ['2026-10-29', '2026-10-29T14:29:59+02:00', '0000-01-01', '0099-12-31', '1970-01-01']) {
      assert.match(refusalOf(text), /is not in the future: today is 2026-10-29/, text);
    }
  });

  it('the example that a refusal gives is always accepted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9000, 0) }), (at) => {
        for (const text of ['1970-01-01', '2027-02-30', 'soon']) {
          const example = /(?:one is|nor a date-time with offset such as) (\S+)$/.exec(refusalOf(text, at))?.[1];
          assert.ok(example);
          assert.ok(parseExpiryDate(example, at) > at);
        }
      }),
    );
    assert.match(refusalOf('2021-10-29', Date.UTC(2028, 1, 29)), /a valid one is 2029-03-01$/);
  });

  it('an offset can not carry a date-time past the year 9999', () => {
    assert.match(refusalOf('9999-12-31T23:59:59-00:01'), /9999/);
    assert.equal(parse('9999-12-31T23:59:59.999Z'), '9999-12-31T23:59:59.999Z');
  });

  it('a refusal shows at most 40 characters of what was sent, none of which is obeyed', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.constant('9'.repeat(1_000_000)));
    fc.assert(
      fc.property(texts, (text) => {
        const message = refusalOf(text);
        assert.ok([...message].length < 40 + 140, message);
        assert.doesNotMatch(message, /[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
    assert.ok(refusalOf('x'.repeat(41)).startsWith(`expiry_date "${'x'.repeat(40)}…" is`));
    assert.ok(refusalOf('x'.repeat(40)).startsWith(`expiry_date "${'x'.repeat(40)}" is`));
    assert.ok(refusalOf('a\r\nb\u001b[31m\ud800').startsWith('expiry_date "ab[31m'));
  });
});
