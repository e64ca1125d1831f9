// How the demonstration looks: at most 96 columns, colour only where somebody watches.
const coloured = process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
const paint = (code) => (text) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : text);
export const bold = paint('1');
export const dim = paint('2');
export const plain = paint('32');
export const sealed = paint('35');
const wrong = paint('31;1');

const kColumns = 96;
const kLabel = 15;
const kSide = 38;

export const say = (text = '') => console.log(text === '' ? '' : `  ${text}`);

export function title(text) {
  say();
  say(bold(text));
  say(dim('─'.repeat(kColumns - 2)));
}

export const fact = (name, value) => say(`${dim(name.padEnd(kLabel))}${value}`);

// One line with a user's side and a vendor's side.
export function both(name, user, vendor) {
  say(`${dim(name.padEnd(kLabel))}${plain(String(user).padEnd(kSide))}${sealed(String(vendor))}`);
}

export function verdict(sentence, value, good) {
  say(`${' '.repeat(kLabel)}${sentence}: ${good ? bold(value) : wrong(`${value}  ← this is wrong`)}`);
}

// The first 64 bytes of each side, eight to a line, as hex and as text.
export function bytesBeside(user, vendor) {
  const row = (bytes, at) => {
    const piece = bytes.subarray(at, Math.min(at + 8, 64));
    const hex = [...piece].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = [...piece].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    return `${hex.padEnd(24)} ${text}`;
  };
  for (let at = 0; at < 64; at += 8) {
    both(at === 0 ? 'first 64 bytes' : '', row(user, at), row(vendor, at));
  }
}

// Rows of strings under their headings, as wide as needed.
export function table(headings, rows) {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => String(row[i]).length)));
  const line = (cells) => cells.map((cell, i) => String(cell).padEnd(widths[i])).join('  ').trimEnd();
  say(dim(line(headings)));
  for (const row of rows) say(line(row));
}

// A paragraph, broken between words.
export function paragraph(text) {
  let line = '';
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > kColumns - 2) {
      say(line);
      line = '';
    }
    line += (line === '' ? '' : ' ') + word;
  }
  say(line);
}

export const count = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ',');
export const failure = (text) => say(wrong(text));
