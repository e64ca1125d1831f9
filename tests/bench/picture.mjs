// The ratios of one run as a picture: a bar for each target, its median, and the spread of the rounds.
const kColours = { 'nginx': '#8a8a8a', 'sealed, ipsec-mb': '#0b6e4f', 'sealed, openssl': '#3fa77f', 'sealed, libsodium': '#9bd3b9',
  'passing, ipsec-mb': '#2a5db0', 'passing, openssl': '#8fb3e8', 'rclone crypt': '#b5493a' };
const kShown = [['bulk', 'CPU for each GB'], ['small', 'CPU for each request'], ['ranges', 'CPU for each request'], ['listing', 'CPU for each request']];
const kMost = 4;  // longer bars are cut, with their figure beside them
const [kLeft, kScale, kBar, kGap] = [250, 120, 15, 22];

const escape = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;');
const label = (x, y, content, more = '') => `<text x="${x}" y="${y}" ${more}>${escape(content)}</text>`;
const at = (ratio) => kLeft + Math.min(ratio, kMost) * kScale;

function bar({ target, ratio, isBase }, y) {
  const middle = y + kBar / 2;
  const whisker = isBase || ratio.max > kMost ? '' : `<line x1="${at(ratio.min)}" x2="${at(ratio.max)}" y1="${middle}" y2="${middle}" stroke="#000"/>`;
  return [label(kLeft - 8, y + 12, target, 'text-anchor="end"'),
    `<rect x="${kLeft}" y="${y}" width="${at(ratio.median) - kLeft}" height="${kBar - 2}" fill="${kColours[target] ?? '#666'}"/>`,
    whisker, label(at(Math.max(ratio.median, isBase ? 0 : ratio.max)) + 6, y + 12, ratio.median.toFixed(2))].join('');
}

// lines: of report.mjs, by row.
export function pictureOf(lines, about) {
  const parts = [];
  let y = 52;
  for (const [name, unit] of kShown) {
    const some = lines.get(name) ?? [];
    for (const what of new Set(some.map((line) => line.what))) {
      parts.push(label(12, y + 12, `${name}, ${what}: ${unit}, beside nginx`, 'font-weight="bold"'));
      y += kBar + 4;
      for (const line of some.filter((one) => one.what === what)) {
        parts.push(bar(line, y));
        y += kBar;
      }
      y += kGap;
    }
  }
  const width = kLeft + (kMost + 0.8) * kScale;
  const rule = `<line x1="${at(1)}" x2="${at(1)}" y1="46" y2="${y - kGap}" stroke="#000" stroke-dasharray="3 3"/>`;
  const title = label(12, 24, 'CPU of the proxy, nginx without encryption = 1', 'font-size="15" font-weight="bold"');
  const under = label(12, 40, `medians of ${about.rounds - 1} rounds with their spread; ${about.date}, ${about.commit}, ${about.cpu}; load before: ${about.load}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" `
    + `font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>${title}${under}${parts.join('\n')}${rule}</svg>\n`;
}
